// The one scale of scores: a deviation, divided by what one sigma is, as a signed and capped figure with its band. Also
// what happens where there is no spread: rounding is not a deviation, and anything else is as far as the scale goes.
import type { Score } from '#model/score.ts';

/** No score is larger: beyond it, larger says nothing, and a spread of nearly zero would make it infinite. */
export const SCORE_CAP = 100;
/** A part of the expected value that is rounding, not spread: repeated sums of the same decimals differ by this much. */
export const ROUNDING = 1e-9;

/** Signed sigmas within ±SCORE_CAP; 0 where the deviation is rounding, the cap where a constant moved. */
export function scoreOf(value: number, expected: number, sigma: number): number {
  const deviation = value - expected;
  const least = Math.max(sigma, ROUNDING * Math.abs(expected));
  if (deviation === 0) return 0;
  const score = deviation / least;
  return score > SCORE_CAP ? SCORE_CAP : score < -SCORE_CAP ? -SCORE_CAP : score;
}

/** Fills score, expected value and the band of ±3 sigmas; the baseline's fields stay as they are. */
export function fillScore(out: Score, value: number, expected: number, sigma: number): void {
  out.score = scoreOf(value, expected, sigma);
  out.expected = expected;
  out.lower = expected - 3 * sigma;
  out.upper = expected + 3 * sigma;
}

/** Says that there is no score (missing value, warm-up); the baseline's fields stay as they are. */
export function fillNothing(out: Score): void {
  out.score = Number.NaN;
  out.expected = Number.NaN;
  out.lower = Number.NaN;
  out.upper = Number.NaN;
}
