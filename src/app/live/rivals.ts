// Who else acts on the same detectors, as the page tells it: the one that holds the lease, or a second installation.
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Leader } from '#kube/contract.ts';
import type { ForeignWrites } from '#operator/foreign-writes.ts';

export interface RivalsOptions {
  readonly clock: Clock;
  readonly leader: Leader;
  readonly foreign: ForeignWrites;
  /** Of the lease. */
  readonly namespace: string;
}

const OTHER = { kind: 'other', blocking: false } as const;

export function createRivals({ clock, leader, foreign, namespace }: RivalsOptions): () => readonly Trouble[] {
  let standsBySinceMs: number | undefined;

  function standingBy(holder: string): Trouble {
    standsBySinceMs ??= clock.nowMs();
    const what = `${holder} acts on the detectors, by the lease tidewatch-operator in ${namespace}; this one waits to follow it`;
    const remedy = `To have this one act, end the other. See who it is: kubectl get lease tidewatch-operator -n ${namespace}`;
    return { ...OTHER, what, remedy, sinceMs: standsBySinceMs };
  }

  return () => {
    const { epoch, holder = '' } = leader;
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
