// What one process has seen of the lease: who holds it, the highest epoch there was, and for how long it did not change, by
// a clock of its own.
import type { Clock } from '#kit/clock.ts';
import type { Lease } from './lease-store.ts';

/** The API server's count is one of 32 bits: a term above would be refused. */
export const MOST_EPOCH = 2 ** 31 - 1;

export interface LeaseSight {
  readonly holder: string | undefined;
  /** Without one that leaves no room for the next: somebody wrote it by hand. */
  readonly highestEpoch: number;
  /** Since the version that was seen last was seen first; 0 before any was. */
  unchangedMs(): number;
  /** Returns what it is given. */
  note<T extends Lease | undefined>(lease: T): T;
}

export function createLeaseSight(clock: Clock): LeaseSight {
  let holder: string | undefined;
  let highestEpoch = 0;
  let seen: { readonly version: string; readonly sinceMs: number } | undefined;
  return {
    get holder() {
      return holder;
    },
    get highestEpoch() {
      return highestEpoch;
    },
    unchangedMs: () => (seen === undefined ? 0 : clock.nowMs() - seen.sinceMs),
    note: (lease) => {
      holder = lease?.holder;
      const { transitions = 0 } = lease ?? {};
      if (transitions < MOST_EPOCH) highestEpoch = Math.max(highestEpoch, transitions);
      if (lease !== undefined && lease.version !== seen?.version)
        seen = { version: lease.version, sinceMs: clock.nowMs() };
      return lease;
    },
  };
}
