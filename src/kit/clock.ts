// Time is passed in. Production has the system's clock, tests a fake one that moves when told.

export interface Clock {
  nowMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects: the caller looks at the signal). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A longer timer would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Monotonic, so that a step of the wall clock neither stalls nor rushes a replay.
  nowMs: () => performance.timeOrigin + performance.now(),
  sleep: async (ms, signal) => {
    let leftMs = ms;
    do {
      await timer(Math.min(leftMs, LONGEST_TIMER_MS), signal);
      leftMs -= LONGEST_TIMER_MS;
    } while (leftMs > 0 && signal?.aborted !== true);
  },
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timeout = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

/** The wall clock, for what is compared with the times of others. It goes on while a laptop sleeps, and may step. */
export const wallClock: Clock = { ...systemClock, nowMs: () => Date.now() };
