// The rest of a loop that somebody may end: it looks again after a while, or at once when there is news.
import type { Clock } from './clock.ts';

export interface Waker {
  /** Ends the rest, or the next one where nobody rests. */
  wake(): void;
  /** Resolves after `ms`, or at once when it is or was woken since the last rest. One rests at a time. Never rejects. */
  rest(ms: number): Promise<void>;
}

export function createWaker(clock: Clock): Waker {
  let isAwake = false;
  let resting: AbortController | undefined;
  return {
    wake() {
      isAwake = true;
      resting?.abort();
    },
    async rest(ms) {
      if (!isAwake) {
        resting = new AbortController();
        await clock.sleep(ms, resting.signal);
        resting = undefined;
      }
      isAwake = false;
    },
  };
}
