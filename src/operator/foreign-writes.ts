// Notices that somebody else writes the status of our detectors: two installations with leases in two namespaces both lead.
// A status whose check is newer than ours and is none of those that we gave to be written is another's.
import type { Clock } from '#kit/clock.ts';
import type { DetectorStatus } from './detector-status.ts';

export interface ForeignWrites {
  /** A status of ours, before it is written. */
  ours(key: string, status: DetectorStatus): void;
  /** A status as the API server has it now; `epoch` is that of the lease, undefined while another holds it. */
  heard(key: string, status: Partial<DetectorStatus>, epoch: number | undefined): void;
  /** The detector that another wrote last, within the last minutes, and since when others do. */
  readonly newest: { readonly key: string; readonly sinceMs: number } | undefined;
}

/** Longer than between two checks of a detector that is well. */
const REMEMBERED_MS = 180_000;
/** Who led before may have checked until the lease was ours, by a clock that is a little ahead. */
const GRACE_MS = 15_000;
/** A write may be heard of some checks later. */
const KEPT = 8;

export function createForeignWrites(clock: Clock): ForeignWrites {
  const given = new Map<string, string[]>();
  let term: { readonly epoch: number | undefined; readonly sinceMs: number } | undefined;
  let last: { readonly key: string; readonly sinceMs: number; readonly atMs: number } | undefined;

  const recent = () => (last !== undefined && clock.nowMs() - last.atMs < REMEMBERED_MS ? last : undefined);

  return {
    ours(key, { lastCheckTime }) {
      if (lastCheckTime === undefined) return;
      const times = given.get(key) ?? [];
      if (!times.includes(lastCheckTime)) given.set(key, [...times, lastCheckTime].slice(-KEPT));
    },
    heard(key, { lastCheckTime }, epoch) {
      const atMs = clock.nowMs();
      if (term === undefined || term.epoch !== epoch) {
        term = { epoch, sinceMs: atMs };
        last = undefined;
      }
      if (epoch === undefined || lastCheckTime === undefined) return;
      if (given.get(key)?.includes(lastCheckTime) === true) return;
      if (Date.parse(lastCheckTime) > term.sinceMs + GRACE_MS) last = { key, sinceMs: recent()?.sinceMs ?? atMs, atMs };
    },
    get newest() {
      return recent();
    },
  };
}
