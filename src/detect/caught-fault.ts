// When a fault that was put into a series counts as caught, and what held back one that was missed. What is measured of a
// detector in a history and what the back-test page shows of one fault is the same.
import type { Finding } from '#model/finding.ts';
import { FLAG } from '#model/score.ts';

export type WhyMissed =
  | 'no-score'
  | 'below-threshold'
  | 'direction'
  | 'absolute'
  | 'relative'
  | 'range'
  | 'calendar'
  | 'denominator'
  | 'persistence';

/** In words, as they follow a count or "missed:". */
export const MISSED_TEXT: Readonly<Record<WhyMissed, string>> = {
  'no-score': 'no score',
  'below-threshold': 'below the threshold',
  direction: 'a direction that does not count',
  absolute: 'less than the least absolute deviation',
  relative: 'less than the least relative deviation',
  range: 'out of the range that is believed',
  calendar: 'in quiet time or outside active hours',
  denominator: 'denominator too small or not known',
  persistence: 'too few points in a row or an earlier finding open',
};

/** From its first to its last point, one each `stepMs`. */
export interface FaultSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** What is confirmed so long after its last point still counts: persistence and the step take their time. */
const LEAST_AFTER_MS = 300_000;
const STEPS_AFTER = 3;

/** For how long after a fault's last point a finding of it may be confirmed. */
export function latestAfterMs(stepMs: number): number {
  return Math.max(LEAST_AFTER_MS, STEPS_AFTER * stepMs);
}

/** Whether a finding that was not there without the fault is of the fault. */
export function isOfFault({ startMs, seenMs }: Finding, { fromMs, toMs, stepMs }: FaultSpan): boolean {
  return startMs >= fromMs && seenMs <= toMs + stepMs + latestAfterMs(stepMs);
}

/** Its points as one detector scored them. */
export interface FaultScores {
  /** The largest |score|; NaN without one. */
  peak: number;
  /** Points beyond the threshold by the guard that held them back. */
  readonly held: Map<WhyMissed, number>;
}

/** Of a point that several held back the first says why: what nobody would have wanted to see comes before what was too little. */
const GUARDS = [
  ['calendar', FLAG.failedCalendar],
  ['denominator', FLAG.failedDenominator],
  ['direction', FLAG.failedDirection],
  ['range', FLAG.failedRange],
  ['absolute', FLAG.failedAbsolute],
  ['relative', FLAG.failedRelative],
  ['persistence', FLAG.failedPersistence],
] as const;

export function noFaultScores(): FaultScores {
  return { peak: Number.NaN, held: new Map() };
}

/** Takes in a point of the fault; `flags` are bits of FLAG. One without a score (NaN) says nothing. */
export function noteFaultScore(scores: FaultScores, score: number, flags: number): void {
  if (Number.isNaN(score)) return;
  const { peak, held } = scores;
  scores.peak = Number.isNaN(peak) ? Math.abs(score) : Math.max(peak, Math.abs(score));
  if ((flags & FLAG.beyondThreshold) === 0) return;
  for (const [guard, bit] of GUARDS) {
    if ((flags & bit) === 0) continue;
    held.set(guard, (held.get(guard) ?? 0) + 1);
    return;
  }
}

/** What held back most of its points; of a fault without any beyond the threshold, that. */
export function whyMissed({ peak, held }: FaultScores): WhyMissed {
  if (Number.isNaN(peak)) return 'no-score';
  const [most] = [...held].sort(([, a], [, b]) => b - a);
  return most === undefined ? 'below-threshold' : most[0];
}
