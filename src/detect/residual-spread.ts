// What one sigma is, from the mean size of past residuals with a long memory. The mean absolute value and not the root mean
// square: a residual of a hundred sigmas counts for a hundred, not for ten thousand, and is not drawn in either, because
// a series that often goes far must have a wide band. Long, because a spread that follows within the hour rates only the
// first point of what lasts. Residuals are told apart from their forecast's own uncertainty, which shrinks as it learns.
import { widening } from '#stats/small-sample.ts';
import type { Params } from './contract.ts';
import { learnMean, WEIGHTED_MEAN_SIZE, weightedMean, worthOf } from './weighted-mean.ts';

export const RESIDUAL_SPREAD_SIZE = WEIGHTED_MEAN_SIZE;

/** The standard deviation of a normal is this times its mean absolute deviation. */
export const SIGMA_PER_MEAN_DEVIATION = Math.sqrt(Math.PI / 2);
/** Efficiency of the mean absolute deviation as an estimator of a normal's spread (Fisher 1920). */
export const EFFICIENCY = 1 / (Math.PI - 2);

export const SPREAD_PARAM = {
  kind: 'number',
  summary: 'Recorded time after which a residual counts for half in the yardstick. A short one rates only onsets.',
  default: 604_800_000,
  min: 3_600_000,
  max: 7_776_000_000,
  unit: 'ms',
} as const satisfies Params[string];

/** One sigma of a point whose forecast has `variance` times the variance of the noise, widened for few residuals. */
export function residualSigma(state: Float64Array, at: number, variance: number): number {
  const mean = weightedMean(state, at);
  return mean === 0 ? 0 : SIGMA_PER_MEAN_DEVIATION * mean * widening(EFFICIENCY * worthOf(state, at), variance);
}

/** Takes in a residual of a forecast that had `variance` times the variance of the noise. */
export function learnResidual(
  state: Float64Array,
  at: number,
  decay: number,
  residual: number,
  variance: number,
): void {
  learnMean(state, at, decay, Math.abs(residual) / Math.sqrt(1 + variance));
}
