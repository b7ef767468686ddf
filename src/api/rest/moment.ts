// One moment of the replay as all handlers see it: the playhead, what there is, and the findings known by then. Whatever
// is worked out for a moment is worked out once, however many clients ask for it.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { entityKey } from '#model/entity.ts';
import type { Finding } from '#model/finding.ts';
import type { Store } from '#store/contract.ts';
import { type Inventory, type Thing, takeInventory } from './inventory.ts';
import { fingerprint, knownAt, newestFirst, readFindings } from './known-findings.ts';
import { refreshed } from './refreshed.ts';
import type { ReplayControl } from './replay-control.ts';

export interface Moment {
  readonly nowMs: number;
  readonly inventory: Inventory;
  /** Newest first. */
  readonly findings: readonly Finding[];
  /** Grows when the findings differ from those of the moment before. */
  readonly version: number;
  /** A thing's own findings, and for a service those of its pods too (calls to it are its own). */
  findingsOf(thing: Thing): readonly Finding[];
  /** What `work` gives, worked out once in this moment. */
  once<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export interface Moments {
  now(): Promise<Moment>;
  close(): void;
}

export interface MomentsDeps {
  readonly store: Store;
  readonly replay: ReplayControl;
  readonly clock: Clock;
  readonly log: Log;
}

/** Results kept for a moment: one a page and entity; a client that asks for ever more of them is served all the same. */
const MOST_RESULTS = 200;

export function createMoments({ store, replay, clock, log }: MomentsDeps): Moments {
  let warned = false;
  const stored = refreshed(async () => {
    const [{ findings, complete }, tracks, edges] = await Promise.all([
      readFindings(store),
      store.tracks(),
      store.edges(),
    ]);
    if (!complete && !warned)
      log.warn({ shown: findings.length }, 'more findings than are shown: the oldest are left out');
    warned ||= !complete;
    return { findings, inventory: takeInventory(replay.series(), tracks, edges) };
  }, clock);
  const unsubscribe = replay.onChange(() => stored.invalidate());
  let current: Moment | undefined;
  let source: object | undefined;
  let print = '';

  return {
    async now() {
      const read = await stored.get();
      const { nowMs } = replay.state();
      if (current !== undefined && source === read && current.nowMs === nowMs) return current;
      const findings = read.findings.flatMap((finding) => knownAt(finding, nowMs) ?? []).sort(newestFirst);
      const next = fingerprint(findings);
      const version = (current?.version ?? 0) + (next === print ? 0 : 1);
      print = next;
      source = read;
      current = momentOf(nowMs, read.inventory, findings, version);
      return current;
    },
    close: unsubscribe,
  };
}

function momentOf(nowMs: number, inventory: Inventory, findings: readonly Finding[], version: number): Moment {
  const byEntity = Map.groupBy(findings, ({ entity }) => entityKey(entity));
  const results = new Map<string, Promise<unknown>>();
  return {
    nowMs,
    inventory,
    findings,
    version,
    findingsOf: (thing) => [thing, ...thing.pods].flatMap(({ key }) => byEntity.get(key) ?? []),
    once<T>(key: string, work: () => Promise<T>): Promise<T> {
      const known = results.get(key);
      // The key names the work, so the result is of the work's type.
      if (known !== undefined) return known as Promise<T>;
      const result = work();
      if (results.size < MOST_RESULTS) results.set(key, result);
      result.catch(() => results.delete(key));
      return result;
    },
  };
}
