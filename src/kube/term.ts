// One process's term as the leader: from which lease, under which epoch, and until when it holds without being renewed.
// Whether it still holds is asked of the clock each time, so that a process that was frozen knows it when it wakes up. It
// tells of a change once.
import type { Clock } from '#kit/clock.ts';
import type { Lease } from './lease-store.ts';

export interface Term {
  readonly lease: Lease;
  readonly epoch: number;
  readonly untilMs: number;
}

export interface TermHolder {
  /** The term, as long as it holds. */
  readonly current: Term | undefined;
  /** The last term, whether it holds or not. */
  readonly last: Term | undefined;
  /** By a lease that was written by a request begun at `startedMs`. */
  lead(lease: Lease, startedMs: number): void;
  /** The same term, by another version of its lease. */
  follow(lease: Lease): void;
  /** There is none any more, or not for long enough. */
  end(): void;
}

export function createTermHolder(
  clock: Clock,
  renewWithinMs: number,
  onChange: (epoch: number | undefined) => void,
): TermHolder {
  let term: Term | undefined;
  let told: number | undefined;
  const current = () => (term !== undefined && clock.nowMs() < term.untilMs ? term : undefined);
  const tell = () => {
    const epoch = current()?.epoch;
    if (epoch === told) return;
    told = epoch;
    onChange(epoch);
  };
  return {
    get current() {
      return current();
    },
    get last() {
      return term;
    },
    lead: (lease, startedMs) => {
      term = { lease, epoch: lease.transitions, untilMs: startedMs + renewWithinMs };
      tell();
    },
    follow: (lease) => {
      if (term !== undefined) term = { ...term, lease };
    },
    end: () => {
      term = undefined;
      tell();
    },
  };
}
