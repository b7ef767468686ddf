// When a key that failed is tried again: 5 ms doubled with each failure up to 1000 s for the key alone, and no sooner than
// a bucket that all keys share allows (10 a second, 100 at once), as controller-runtime does. First tries are not limited.
import type { Clock } from '#kit/clock.ts';
import type { ObjectKey } from './contract.ts';

const FIRST_MS = 5;
const MOST_MS = 1_000_000;
const PER_SECOND = 10;
const BURST = 100;

export interface RetryDelay {
  /** Milliseconds until the next try of a key that has failed once more. */
  next(key: ObjectKey): number;
  succeeded(key: ObjectKey): void;
}

export function createRetryDelay(clock: Clock): RetryDelay {
  const failures = new Map<ObjectKey, number>();
  let tokens = BURST;
  let countedMs = clock.nowMs();
  const bucketMs = () => {
    const nowMs = clock.nowMs();
    tokens = Math.min(BURST, tokens + ((nowMs - countedMs) / 1000) * PER_SECOND);
    countedMs = nowMs;
    // A debt is a place in the queue: who comes later waits longer.
    tokens -= 1;
    return tokens >= 0 ? 0 : (-tokens / PER_SECOND) * 1000;
  };
  return {
    next: (key) => {
      const before = failures.get(key) ?? 0;
      failures.set(key, before + 1);
      return Math.max(Math.min(FIRST_MS * 2 ** before, MOST_MS), bucketMs());
    },
    succeeded: (key) => {
      failures.delete(key);
    },
  };
}
