// Page's cumulative sums, one for each side: what goes beyond the usual by more than a reference value adds up, so that a
// shift too small for any point shows after a while. What is usual is a mean and a spread with a long memory. Sums of normal
// noise have exponential tails (Siegmund 1985), by which they are mapped to sigmas. O(1) a point; eleven numbers of state.

import type { Score } from '#model/score.ts';
import { normalQuantile, normalUpper } from '#stats/normal.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM } from './following-scorer.ts';
import { learnResidual, RESIDUAL_SPREAD_SIZE, residualSigma } from './residual-spread.ts';
import { SCORE_CAP, scoreOf } from './sigma.ts';
import { decayOf, learnMean, WEIGHTED_MEAN_SIZE, weightedMean, worthOf } from './weighted-mean.ts';

/** Where things lie in the state. */
const MEAN = FOLLOWING_HEAD;
const SPREAD = MEAN + WEIGHTED_MEAN_SIZE;
const ABOVE = SPREAD + RESIDUAL_SPREAD_SIZE;
const BELOW = ABOVE + 1;
const SIZE = BELOW + 1;

/** What one point adds at the most to what is remembered: one wild point is no shift (Lucas & Crosier's robust CUSUM 1982). */
const MOST_OF_ONE = 6;
/** A walk oversteps a line by this much on average: the constant of Siegmund's correction. */
const OVERSHOOT = 0.583;
/** Sums begin before they are scored, or the first scores would be of sums that had no time to grow. */
const LEAST_WORTH = 8;

/** Sigmas of a normal that is as rarely so far, to either side, as the sum of either side is beyond `sum`. */
function sigmasOf(sum: number, reference: number): number {
  // P(sum > s) = exp(−2k (s + 0.583)) for each side.
  const exponent = 2 * reference * (sum + OVERSHOOT);
  // Beyond, tails are too thin for numbers; the root of twice the exponent is their limit.
  const sigmas = exponent > 600 ? Math.sqrt(2 * exponent) : -normalQuantile(Math.exp(-exponent));
  return Math.min(SCORE_CAP, Math.max(0, sigmas));
}

/** The sum that is worth three sigmas. */
function limitOf(reference: number): number {
  return -Math.log(normalUpper(3)) / (2 * reference) - OVERSHOOT;
}

function createCusum(values: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const reference = Number(values.reference);
  const most = Number(values.most);
  const decay = decayOf(stepMs, Number(values.halfLifeMs));
  const limit = limitOf(reference);

  function take(state: Float64Array, _timeMs: number, value: number, isScored: boolean, out: Score): void {
    const worth = worthOf(state, MEAN);
    if (worth > 0) {
      const mean = weightedMean(state, MEAN);
      if (worth >= LEAST_WORTH) accumulate(state, value, mean, isScored, out);
      learnResidual(state, SPREAD, decay, value - mean, 1 / worth);
    }
    learnMean(state, MEAN, decay, value);
  }

  function accumulate(state: Float64Array, value: number, mean: number, isScored: boolean, out: Score): void {
    const sigma = residualSigma(state, SPREAD, 0);
    const off = scoreOf(value, mean, sigma);
    const above = Math.max(0, (state[ABOVE] as number) + off - reference);
    const below = Math.max(0, (state[BELOW] as number) - off - reference);
    if (isScored) {
      out.score = above >= below ? sigmasOf(above, reference) : -sigmasOf(below, reference);
      out.expected = mean;
      out.upper = mean + sigma * (limit + reference - (state[ABOVE] as number));
      out.lower = mean - sigma * (limit + reference - (state[BELOW] as number));
    }
    state[ABOVE] = remembered(state[ABOVE] as number, off - reference);
    state[BELOW] = remembered(state[BELOW] as number, -off - reference);
  }

  function remembered(sum: number, more: number): number {
    return Math.max(0, Math.min(most, sum + Math.min(MOST_OF_ONE, more)));
  }

  return followingScorer({
    stepMs,
    size: SIZE,
    minPoints: Number(values.minPoints),
    take,
    worth: (state) => worthOf(state, MEAN),
  });
}

export const cusum: Algorithm = {
  name: 'cusum',
  summary: 'Cumulative sums of what goes beyond the usual; finds small shifts that last, in data without a season.',
  source: 'Page, Continuous inspection schemes (1954); tails by Siegmund, Sequential Analysis (1985)',
  shines: 'Small shifts that last, on a steady level: no point is odd, all together are.',
  fails: 'A season: half of each day is a shift. After a large fault it stays red for a while.',
  params: {
    reference: {
      kind: 'number',
      summary: 'What of each deviation is not counted (k), in sigmas: half of the shift that is looked for.',
      default: 0.5,
      min: 0.1,
      max: 3,
      unit: 'sigmas',
    },
    most: {
      kind: 'number',
      summary: 'A sum grows no further, so that the score falls soon after a shift is over.',
      default: 25,
      min: 5,
      max: 1000,
      unit: 'sigmas',
    },
    halfLifeMs: {
      kind: 'number',
      summary: 'Recorded time after which a point counts for half in the mean and the spread that are usual.',
      default: 86_400_000,
      min: 3_600_000,
      max: 7_776_000_000,
      unit: 'ms',
    },
    minPoints: MIN_POINTS_PARAM,
  },
  create: createCusum,
};
