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
import type { Source } from './replay-control.ts';

export interface Moment {
  readonly nowMs: number;
  readonly inventory: Inventory;
  /** Newest first. */
  readonly findings: readonly Finding[];
  /** How many older findings of the store are not among them; 0 unless the detectors are far too loud. */
  readonly leftOut: number;
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
  readonly replay: Source;
  readonly clock: Clock;
  readonly log: Log;
}

/** Results kept for a moment: one a page and entity; a client that asks for ever more of them is served all the same. */
const MOST_RESULTS = 200;

export function createMoments({ store, replay, clock, log }: MomentsDeps): Moments {
  let warned = false;
  const stored = refreshed(async () => {
    const [{ findings, leftOut }, tracks, edges] = await Promise.all([
      readFindings(store),
      store.tracks(),
      store.edges(),
    ]);
    if (leftOut > 0 && !warned)
      log.warn({ shown: findings.length, leftOut }, 'more findings than are shown: the oldest are left out');
    warned ||= leftOut > 0;
    return { findings, leftOut, inventory: takeInventory(replay.series(), tracks, edges) };
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
      const next = fingerprint(findings, nowMs);
      const version = (current?.version ?? 0) + (next === print ? 0 : 1);
      print = next;
      source = read;
      current = momentOf({ nowMs, inventory: read.inventory, findings, leftOut: read.leftOut, version });
      return current;
    },
    close: unsubscribe,
  };
}

function momentOf(known: Omit<Moment, 'findingsOf' | 'once'>): Moment {
  const byEntity = Map.groupBy(known.findings, ({ entity }) => entityKey(entity));
  const results = new Map<string, Promise<unknown>>();
  return {
    ...known,
    findingsOf: (thing) => [thing, ...thing.pods].flatMap(({ key }) => byEntity.get(key) ?? []),
    once<T>(key: string, work: () => Promise<T>): Promise<T> {
      const earlier = results.get(key);
      // The key names the work, so the result is of the work's type.
      if (earlier !== undefined) return earlier as Promise<T>;
      const result = work();
      if (results.size < MOST_RESULTS) results.set(key, result);
      result.catch(() => results.delete(key));
      return result;
    },
  };
}
