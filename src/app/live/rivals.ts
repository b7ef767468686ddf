// Why this process does not act on the detectors, or not alone, as the page tells it: the lease is out of reach, another holds
// it, or there is a second installation.
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Leader } from '#kube/contract.ts';
import type { ForeignWrites } from '#operator/foreign-writes.ts';

export interface RivalsOptions {
  readonly clock: Clock;
  /** The leader's. */
  readonly steadyClock: Clock;
  readonly leader: Pick<Leader, 'epoch' | 'holder' | 'trouble'>;
  readonly foreign: Pick<ForeignWrites, 'newest'>;
  /** Of the lease. */
  readonly namespace: string;
}

/** A lease that is read or written at the second try is no trouble. */
const UNLED_MS = 15_000;

const OTHER = { kind: 'other', blocking: false } as const;

export function createRivals({
  clock,
  steadyClock,
  leader,
  foreign,
  namespace,
}: RivalsOptions): () => readonly Trouble[] {
  let standsBySinceMs: number | undefined;

  function standingBy(holder: string): Trouble {
    standsBySinceMs ??= clock.nowMs();
    const what = `${holder} acts on the detectors, by the lease tidewatch-operator in ${namespace}; this one waits to follow it`;
    const remedy = `To have this one act, end the other. See who it is: kubectl get lease tidewatch-operator -n ${namespace}`;
    return { ...OTHER, what, remedy, sinceMs: standsBySinceMs };
  }

  function unled({ message, sinceMs }: NonNullable<Leader['trouble']>): Trouble[] {
    const forMs = steadyClock.nowMs() - sinceMs;
    if (forMs < UNLED_MS) return [];
    const what = `nobody may act on the detectors: the lease that says who does is out of reach: ${message}`;
    const remedy = `See whether you may write it: kubectl auth can-i update leases -n ${namespace}`;
    return [{ ...OTHER, what, remedy, sinceMs: clock.nowMs() - forMs }];
  }

  return () => {
    const { epoch, holder = '', trouble } = leader;
    if (epoch === undefined && trouble !== undefined) return unled(trouble);
    if (epoch === undefined) return holder === '' ? [] : [standingBy(holder)];
    standsBySinceMs = undefined;
    const { newest } = foreign;
    if (newest === undefined) return [];
    const what = `somebody else writes the status of ${newest.key}, too: there are two installations in this cluster`;
    const remedy =
      'See which: kubectl get leases -A --field-selector metadata.name=tidewatch-operator. End the other "tidewatch run --install", or: kubectl delete deployment tidewatch-operator -n NAMESPACE';
    return [{ ...OTHER, what, remedy, sinceMs: newest.sinceMs }];
  };
}
