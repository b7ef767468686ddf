// Time is passed in. Production has the system's clock, tests a fake one that moves when told.

export interface Clock {
  nowMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects: the caller looks at the signal). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  // Monotonic, so that a step of the wall clock neither stalls nor rushes a replay.
  nowMs: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done);
    }),
};

/** The wall clock, for what is compared with the times of others. It goes on while a laptop sleeps, and may step. */
export const wallClock: Clock = { ...systemClock, nowMs: () => Date.now() };
