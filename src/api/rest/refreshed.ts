// Something read from the store again when it may have changed, and not more often than it can bear: however many
// clients ask, reading takes at most a fifth of the time.
import type { Clock } from '#kit/clock.ts';

const REST_RATIO = 4;
const LEAST_REST_MS = 100;

export interface Refreshed<T> {
  /** The newest value that was affordable; the same object as long as it was not read again. */
  get(): Promise<T>;
  /** Says that what was read may be out of date. */
  invalidate(): void;
}

/** Reads on demand, one reading at a time. When a reading fails, whoever waits gets the error and the next one tries again. */
export function refreshed<T>(read: () => Promise<T>, clock: Clock): Refreshed<T> {
  let value: { readonly current: T } | undefined;
  let running: Promise<T> | undefined;
  let stale = true;
  let restUntilMs = Number.NEGATIVE_INFINITY;

  const run = async (): Promise<T> => {
    const beganMs = clock.nowMs();
    stale = false;
    try {
      const current = await read();
      value = { current };
      return current;
    } catch (error) {
      stale = true;
      throw error;
    } finally {
      const endedMs = clock.nowMs();
      restUntilMs = endedMs + Math.max(LEAST_REST_MS, REST_RATIO * (endedMs - beganMs));
      running = undefined;
    }
  };

  return {
    async get() {
      if (running !== undefined) return running;
      if (value !== undefined && (!stale || clock.nowMs() < restUntilMs)) return value.current;
      running = run();
      return running;
    },
    invalidate() {
      stale = true;
    },
  };
}
