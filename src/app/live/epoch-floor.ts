// Under which epoch this process may write, from what the keeper has seen. A lease that was deleted counts anew, and the
// keeper refuses what counts lower: then the next term is one above. Only a process that never wrote may lift itself so; one
// that was overtaken after it wrote has a rival under another lease, and two that lift themselves would do so for ever.
import { AppError } from '#kit/errors.ts';

export interface EpochFloor {
  /** For the leader; 0 when the lease's own count will do. */
  readonly least: number;
  /**
   * Whether a term of this epoch may write, where `keeperEpoch` is the highest that has; when not, `least` is one above.
   * Throws `stale-epoch` where somebody else writes.
   */
  allows(epoch: number, keeperEpoch: number): boolean;
}

/** `namespace` is the lease's, for the sentence. */
export function createEpochFloor(namespace: string): EpochFloor {
  let least = 0;
  let hasWritten = false;
  return {
    get least() {
      return least;
    },
    allows(epoch, keeperEpoch) {
      if (keeperEpoch <= epoch) {
        hasWritten ||= keeperEpoch > 0;
        return true;
      }
      if (hasWritten) throw new AppError('stale-epoch', sentenceOf(epoch, keeperEpoch, namespace));
      least = keeperEpoch + 1;
      return false;
    },
  };
}

function sentenceOf(epoch: number, keeperEpoch: number, namespace: string): string {
  const spec = JSON.stringify({ spec: { leaseTransitions: keeperEpoch } });
  return (
    `epoch ${keeperEpoch} has written to the keeper since this operator did under epoch ${epoch}: another operator, with a ` +
    'lease elsewhere, appends to the same keeper. Give each installation a keeper of its own; if nobody else appends, this ' +
    `lets it go on: kubectl patch lease tidewatch-operator -n ${namespace} --type=merge -p '${spec}'`
  );
}
