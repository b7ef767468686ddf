// How many samples were taken and how many are dealt with, and who waits for that.

export interface Backlog {
  /** So many came into the queue. */
  add(samples: number): void;
  /** So many went from the queue without being sent. */
  evict(samples: number): void;
  /** A batch of so many is sent, or given up. */
  settle(samples: number): void;
  /** Resolves when what was taken so far is dealt with. */
  settled(): Promise<void>;
}

export function createBacklog(): Backlog {
  const count = { taken: 0, done: 0 };
  let waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  return {
    add: (samples) => {
      count.taken += samples;
    },
    // Nobody is woken: an older batch may still be under way, and its end will do it.
    evict: (samples) => {
      count.done += samples;
    },
    settle: (samples) => {
      count.done += samples;
      const ready = waiting.filter(({ until }) => count.done >= until);
      waiting = waiting.filter(({ until }) => count.done < until);
      for (const { resolve } of ready) resolve();
    },
    settled: () => {
      const until = count.taken;
      if (count.done >= until) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ until, resolve }));
    },
  };
}
