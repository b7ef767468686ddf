// What is said of one sample: the guards that held it back, from the flags stored beside its score.
import type { GuardName } from '#model/finding.ts';
import { FLAG } from '#model/score.ts';

const BITS: readonly (readonly [GuardName, number])[] = [
  ['direction', FLAG.failedDirection],
  ['absolute', FLAG.failedAbsolute],
  ['relative', FLAG.failedRelative],
  ['range', FLAG.failedRange],
  ['calendar', FLAG.failedCalendar],
  ['denominator', FLAG.failedDenominator],
  ['persistence', FLAG.failedPersistence],
];

export type PointState = 'within' | 'beyond' | 'inFinding' | 'missingSample' | 'noScore';

export function pointState(flags: number, score: number | null): PointState {
  if ((flags & FLAG.missing) !== 0) return 'missingSample';
  if ((flags & FLAG.findingOpen) !== 0) return 'inFinding';
  if ((flags & FLAG.beyondThreshold) !== 0) return 'beyond';
  return score === null ? 'noScore' : 'within';
}

/** The guards that held a point back; none when it was not beyond the threshold, for then none was asked. */
export function heldBackBy(flags: number): GuardName[] {
  return (flags & FLAG.beyondThreshold) === 0
    ? []
    : BITS.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
}
