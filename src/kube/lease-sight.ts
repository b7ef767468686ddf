// What one process has seen of the lease: who holds it, the highest epoch there was, and for how long it did not change, by
// a clock of its own.
import type { Clock } from '#kit/clock.ts';
import type { Lease } from './lease-store.ts';

export interface LeaseSight {
  readonly holder: string | undefined;
  readonly highestEpoch: number;
  /** Since the version that was seen last was seen first; 0 before any was. */
  unchangedMs(): number;
  note(lease: Lease | undefined): Lease | undefined;
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
      highestEpoch = Math.max(highestEpoch, lease?.transitions ?? 0);
      if (lease !== undefined && lease.version !== seen?.version)
        seen = { version: lease.version, sinceMs: clock.nowMs() };
      return lease;
    },
  };
}
