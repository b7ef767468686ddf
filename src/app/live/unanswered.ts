// Whether Prometheus answers nothing at all, which a wrong address does as well as one that is away: told in the terminal
// once, and again when it is over. One query that is refused is not that.
import type { QueryTrouble } from '#pipeline/observed-query.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { printable } from '../printable.ts';
import type { Progress } from '../progress.ts';
import { OBSERVED_QUERIES } from './observed-signals.ts';

/** Why nothing is answered; undefined while anything is. */
export function unanswered({ troubles }: Pick<ObserverStatus, 'troubles'>): QueryTrouble | undefined {
  const [first] = troubles;
  // The observer's own, for a round in which nobody could be asked, stands alone.
  const isAll = first?.metricName === 'all queries' || troubles.length >= OBSERVED_QUERIES.length;
  return first !== undefined && isAll ? { ...first, metricName: 'all queries' } : undefined;
}

export interface UnansweredNotice {
  /** After each round. */
  heard(status: Pick<ObserverStatus, 'troubles'>): void;
}

/** `address`: of Prometheus; '' while none was found, which is said elsewhere. */
export function createUnansweredNotice(address: () => string, say: Progress): UnansweredNotice {
  let isTold = false;
  return {
    heard(status) {
      const trouble = address() === '' ? undefined : unanswered(status);
      if ((trouble !== undefined) === isTold) return;
      isTold = trouble !== undefined;
      if (trouble === undefined) return say.line(printable(`Metrics   ${address()} answers`));
      say.line(printable(`Metrics   nothing can be watched: ${trouble.message}`));
      say.line('          It is asked again each minute.');
    },
  };
}
