// One process's term as the leader: from which lease, under which epoch, and until when it holds without being renewed.
// Whether it still holds is asked of the clocks each time, so that a process that was frozen knows it when it wakes up: while
// a machine is suspended its steady clock stands still, and the wall clock goes on. It tells of a change once.
import type { Clock } from '#kit/clock.ts';
import type { Lease } from './lease-store.ts';

/** Now, on both clocks. */
export interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

export interface Term {
  readonly lease: Lease;
  readonly epoch: number;
  readonly untilMs: number;
  /** A wall clock that steps forward ends a term too early, which costs an epoch and no more. */
  readonly untilWallMs: number;
}

export interface TermHolder {
  /** The term, as long as it holds. */
  readonly current: Term | undefined;
  /** The last term, whether it holds or not. */
  readonly last: Term | undefined;
  /** By a lease that was written by a request begun at `started`. */
  lead(lease: Lease, started: Moment): void;
  /** The same term, by another version of its lease. */
  follow(lease: Lease): void;
  /** There is none any more, or not for long enough. */
  end(): void;
}

export function createTermHolder(
  { clock, wall }: { readonly clock: Clock; readonly wall: Clock },
  renewWithinMs: number,
  onChange: (epoch: number | undefined) => void,
): TermHolder {
  let term: Term | undefined;
  let told: number | undefined;
  const holds = ({ untilMs, untilWallMs }: Term) => clock.nowMs() < untilMs && wall.nowMs() < untilWallMs;
  const current = () => (term !== undefined && holds(term) ? term : undefined);
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
    lead: (lease, { steadyMs, wallMs }) => {
      const [untilMs, untilWallMs] = [steadyMs + renewWithinMs, wallMs + renewWithinMs];
      term = { lease, epoch: lease.transitions, untilMs, untilWallMs };
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
