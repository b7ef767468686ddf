// The error of a forecast of one point by a polynomial through the last recorded hours, the newest counting most, in units of
// how large such errors have been for days: a volatility with a short memory would rate only the first point of what lasts.
// The weights are fixed (Savitzky-Golay), so a point costs one sum over the window; a number a point of window.

import type { Score } from '#model/score.ts';
import { forecastWeights } from '#stats/forecast-weights.ts';
import { type BlockScale, blockScale } from './block-score.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM, seenOf } from './following-scorer.ts';
import { learnResidual, RESIDUAL_SPREAD_SIZE, residualSigma, SPREAD_PARAM } from './residual-spread.ts';
import { fillScore } from './sigma.ts';
import { decayOf } from './weighted-mean.ts';

/** A window holds no more points, however dense they are, and no fewer. */
const MOST_POINTS = 500;
const LEAST_POINTS = 4;

/** Where things lie in the state; then the block's residuals in sigmas, then the window. */
const NEXT = FOLLOWING_HEAD;
const SPREAD = NEXT + 1;
const BLOCK = SPREAD + RESIDUAL_SPREAD_SIZE;

interface Forecaster {
  /** What is expected after the last `count` points of the window, and its variance in units of one point's. */
  expect(state: Float64Array, count: number): number;
  varianceOf(count: number): number;
}

/** Forecasts from the ring `state[from .. from + capacity)`, whose next place to write is `state[NEXT]`. */
function createForecaster(capacity: number, degree: number, from: number): Forecaster {
  const whole = new Float64Array(capacity);
  const wholeVariance = forecastWeights(capacity, degree, whole);
  // While a window fills its weights are made as they are needed: the series of a detector mostly fill together.
  const partial = new Float64Array(capacity);
  let partialCount = 0;
  let partialVariance = 0;
  function prepare(count: number): void {
    if (count === partialCount) return;
    partialVariance = forecastWeights(count, degree, partial);
    partialCount = count;
  }
  return {
    varianceOf(count) {
      if (count === capacity) return wholeVariance;
      prepare(count);
      return partialVariance;
    },
    expect(state, count) {
      if (count < capacity) prepare(count);
      const weights = count === capacity ? whole : partial;
      const next = state[NEXT] as number;
      const newest = state[from + (next === 0 ? capacity : next) - 1] as number;
      const turn = Math.min(count, next);
      // About the newest, so that an offset costs no digits and a constant stays one. Back to the ring's start, and on
      // from its end.
      let sum = 0;
      let at = from + next;
      for (let index = 0; index < turn; index++) sum += (weights[index] as number) * ((state[--at] as number) - newest);
      at = from + capacity;
      for (let index = turn; index < count; index++) {
        sum += (weights[index] as number) * ((state[--at] as number) - newest);
      }
      return newest + sum;
    },
  };
}

/** Fills the score of the last residuals together; the band is where this point alone would take the block to ±3. */
function fillBlock(
  state: Float64Array,
  points: number,
  place: number,
  scale: BlockScale,
  sigma: number,
  out: Score,
): void {
  const own = out.score;
  state[BLOCK + place] = own;
  let sum = 0;
  let squares = 0;
  for (let index = BLOCK; index < BLOCK + points; index++) {
    const residual = state[index] as number;
    sum += residual;
    squares += residual * residual;
  }
  const room = sigma * Math.sqrt(Math.max(0, scale.limit - (squares - own * own)));
  out.score = scale.sigmasOf(squares) * (sum < 0 ? -1 : 1);
  out.lower = out.expected - room;
  out.upper = out.expected + room;
}

function createLocalPolynomial(values: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const block = Number(values.block);
  const points = Math.max(LEAST_POINTS, Math.min(MOST_POINTS, Math.round(Number(values.windowMs) / stepMs)));
  const windowAt = BLOCK + block;
  const forecaster = createForecaster(points, Number(values.degree), windowAt);
  const scale = blockScale(block);
  const spreadDecay = decayOf(stepMs, Number(values.spreadHalfLifeMs));

  function take(state: Float64Array, _timeMs: number, value: number, isScored: boolean, out: Score): void {
    const seen = seenOf(state);
    const count = Math.min(seen, points);
    if (count > 0) {
      const variance = forecaster.varianceOf(count);
      const expected = forecaster.expect(state, count);
      if (isScored) {
        const sigma = residualSigma(state, SPREAD, variance);
        fillScore(out, value, expected, sigma);
        if (block > 1) fillBlock(state, block, seen % block, scale, sigma, out);
      }
      learnResidual(state, SPREAD, spreadDecay, value - expected, variance);
    }
    const next = state[NEXT] as number;
    state[windowAt + next] = value;
    state[NEXT] = next + 1 === points ? 0 : next + 1;
  }

  return followingScorer({
    stepMs,
    size: windowAt + points,
    minPoints: Number(values.minPoints),
    take,
    worth: (_, count) => Math.min(count, points),
  });
}

export const localPolynomial: Algorithm = {
  name: 'local-polynomial',
  summary: 'Error of a polynomial’s forecast from the last hours, in units of how large such errors are over days.',
  source: 'Savitzky & Golay, Smoothing and differentiation of data (1964); tricube weights of Cleveland (1979)',
  shines: 'Smooth curves, however steep: what breaks off from them shows at once.',
  fails: 'What comes slowly is followed. Of what lasts it sees the begin and the end.',
  params: {
    windowMs: {
      kind: 'number',
      summary: 'Recorded time that the polynomial is fitted to; from 4 to 500 points, whatever their distance.',
      default: 7_200_000,
      min: 60_000,
      max: 604_800_000,
      unit: 'ms',
    },
    degree: {
      kind: 'number',
      summary:
        'Of the polynomial: 0 is a weighted mean, 1 a line, 2 a parabola. A higher one follows sooner, and errs more.',
      default: 1,
      min: 0,
      max: 2,
      integer: true,
    },
    block: {
      kind: 'number',
      summary: 'How many of the last errors are scored together, as the root of their mean square; 1 is each alone.',
      default: 1,
      min: 1,
      max: 60,
      integer: true,
      unit: 'points',
    },
    spreadHalfLifeMs: SPREAD_PARAM,
    minPoints: MIN_POINTS_PARAM,
  },
  create: createLocalPolynomial,
};
