// Which status is written next: changes before mere times of checks, and what was refused last, each after a while of its
// own. One that is always refused (a policy, a quota, a tightened schema) thus never stands before the others; that they
// never stand before it for ever, every fifth turn is for the refused. Namespaces take turns.
import type { Clock } from '#kit/clock.ts';
import type { DetectorStatus } from './detector-status.ts';
import { createTurns } from './turns.ts';

export interface WaitingStatus {
  readonly uid: string;
  readonly status: DetectorStatus;
}

export interface StatusQueue {
  /** That are to be written; what was given up is not. */
  readonly size: number;
  /** The newest of a key holds, and keeps its place. */
  put(key: string, waiting: WaitingStatus, isChange: boolean): void;
  /** Nothing of it is to be written any more. */
  drop(key: string): void;
  /** What is stored is right again. One that was given up stays so: whoever turns back and forth would ask for ever. */
  withdraw(key: string): void;
  clear(): void;
  take(): readonly [key: string, waiting: WaitingStatus] | undefined;
  /** What was taken was refused and comes again, unless a newer one waits; returns how often it was in a row. */
  refuse(key: string, waiting: WaitingStatus, retryAfterMs?: number): number;
  /**
   * What was taken was turned down for what it says: it does not come again, and a newer one does after a while; returns how
   * often in a row. `until`: not before another generation.
   */
  turnDown(key: string, waiting: WaitingStatus, until: 'newer' | 'generation'): number;
  succeeded(key: string): void;
}

interface Refused {
  /** Undefined while it is being tried. */
  waiting: WaitingStatus | undefined;
  times: number;
  dueMs: number;
  readonly uid: string;
  generation: number;
  /** Nothing of this generation is tried any more. */
  parked: boolean;
}

const FIRST_MS = 1000;
const MOST_MS = 300_000;
const REFUSED_EVERY = 5;

export function createStatusQueue(clock: Clock): StatusQueue {
  const changes = createTurns<WaitingStatus>();
  const times = createTurns<WaitingStatus>();
  const refused = new Map<string, Refused>();
  let turn = 0;

  const queue: StatusQueue = {
    get size() {
      const again = [...refused.values()].filter(({ waiting }) => waiting !== undefined);
      return changes.size + times.size + again.length;
    },
    put: (key, waiting, isChange) => {
      const known = refused.get(key);
      if (known !== undefined) {
        // Another spec may be what it takes.
        const isOther = known.uid !== waiting.uid || known.generation !== waiting.status.observedGeneration;
        if (isOther) Object.assign(known, { dueMs: clock.nowMs(), parked: false, times: 0 });
        known.waiting = known.parked ? undefined : waiting;
        return;
      }
      const [to, other] = isChange ? [changes, times] : [times, changes];
      other.delete(key);
      to.set(key, waiting);
    },
    drop: (key) => {
      for (const one of [changes, times, refused]) one.delete(key);
    },
    withdraw: (key) => {
      const isGivenUp = refused.get(key)?.parked === true;
      for (const one of isGivenUp ? [changes, times] : [changes, times, refused]) one.delete(key);
    },
    clear: () => {
      for (const one of [changes, times, refused]) one.clear();
    },
    take: () => {
      const early = ++turn % REFUSED_EVERY === 0 ? takeDue(refused, clock.nowMs()) : undefined;
      return early ?? changes.take() ?? times.take() ?? takeDue(refused, clock.nowMs());
    },
    refuse: (key, waiting, retryAfterMs = 0) => {
      const before = refused.get(key);
      const count = (before?.times ?? 0) + 1;
      const newest = before?.waiting ?? changes.get(key) ?? waiting;
      queue.drop(key);
      refused.set(key, {
        ...{
          uid: waiting.uid,
          waiting: newest,
          times: count,
          generation: waiting.status.observedGeneration,
          parked: false,
        },
        dueMs: clock.nowMs() + Math.max(retryAfterMs, Math.min(MOST_MS, FIRST_MS * 2 ** (count - 1))),
      });
      return count;
    },
    turnDown: (key, waiting, until) => {
      const newest = refused.get(key)?.waiting ?? changes.get(key);
      const count = queue.refuse(key, waiting);
      const entry = refused.get(key);
      if (entry === undefined) return count;
      const isOther = newest !== undefined && newest.status.observedGeneration !== entry.generation;
      entry.parked = until === 'generation' && !isOther;
      entry.waiting = entry.parked ? undefined : newest;
      return count;
    },
    succeeded: (key) => {
      const newer = refused.get(key)?.waiting;
      refused.delete(key);
      if (newer !== undefined) changes.set(key, newer);
    },
  };
  return queue;
}

function takeDue(refused: ReadonlyMap<string, Refused>, nowMs: number): readonly [string, WaitingStatus] | undefined {
  for (const [key, one] of refused) {
    const { waiting } = one;
    if (waiting === undefined || one.dueMs > nowMs) continue;
    one.waiting = undefined;
    return [key, waiting];
  }
  return undefined;
}
