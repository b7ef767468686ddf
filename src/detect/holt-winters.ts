// The error of Holt-Winters' forecast of one point: a level, a damped trend and a season of a day in buckets, each moved by
// a fixed share of every error. The first points move the level by more (a plain mean, until the share is reached), and
// the season begins when a whole day was seen. What one sigma is has a long memory. O(1) a point; 0.9 kB with the defaults.
import type { Score } from '#model/score.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM, seenOf } from './following-scorer.ts';
import { learnResidual, RESIDUAL_SPREAD_SIZE, residualSigma, SPREAD_PARAM } from './residual-spread.ts';
import { BUCKETS_PARAM, createSeason, DAY_MS } from './season-buckets.ts';
import { fillScore } from './sigma.ts';
import { decayOf, discountMean } from './weighted-mean.ts';

/** Where things lie in the state; the season follows. */
const LEVEL = FOLLOWING_HEAD;
const TREND = LEVEL + 1;
const SPREAD = TREND + 1;
const SEASON = SPREAD + RESIDUAL_SPREAD_SIZE;

function createHoltWinters(values: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const share = Number(values.level);
  const trendShare = Number(values.trend);
  const damping = Number(values.damping);
  const minPoints = Number(values.minPoints);
  const left = 1 - share;
  const levelMs = (stepMs * Math.LN2) / -Math.log(left);
  const spreadDecay = decayOf(stepMs, Number(values.spreadHalfLifeMs));
  const season = createSeason({
    at: SEASON,
    cycleMs: DAY_MS,
    buckets: Number(values.buckets),
    offsetMs: 0,
    stepMs,
    share: Number(values.seasonal),
    spreads: false,
  });

  /** The variance of a level of so many points, in units of one point's. */
  const varianceOf = (count: number) => {
    const rest = left ** count;
    return ((share / (2 - share)) * (1 + rest)) / (1 - rest);
  };

  function take(state: Float64Array, timeMs: number, value: number, isScored: boolean, out: Score): void {
    const seen = seenOf(state);
    if (seen > 0) {
      const expected = forecast(state) + season.at(state, timeMs);
      const variance = varianceOf(seen);
      if (isScored) fillScore(out, value, expected, residualSigma(state, SPREAD, variance));
      learnResidual(state, SPREAD, spreadDecay, value - expected, variance);
    }
    const error = value - forecast(state) - season.at(state, timeMs);
    if (season.learn(state, timeMs, value, error, Number.POSITIVE_INFINITY)) {
      // Level and trend ran after the season until now, and the spread holds what they missed.
      state[LEVEL] = (state[LEVEL] as number) - season.within(state, timeMs, levelMs);
      state[TREND] = 0;
      discountMean(state, SPREAD, minPoints);
    }
    smooth(state, value - season.at(state, timeMs), seen);
  }

  function forecast(state: Float64Array): number {
    return (state[LEVEL] as number) + damping * (state[TREND] as number);
  }

  function smooth(state: Float64Array, value: number, seen: number): void {
    if (seen === 0) {
      state[LEVEL] = value;
      return;
    }
    const base = forecast(state);
    const level = base + (share / (1 - left ** (seen + 1))) * (value - base);
    state[TREND] = damping * (state[TREND] as number) + trendShare * (level - base);
    state[LEVEL] = level;
  }

  return followingScorer({
    stepMs,
    size: SEASON + season.size,
    minPoints,
    take,
    worth: (_, count) => 1 / varianceOf(count),
  });
}

export const holtWinters: Algorithm = {
  name: 'holt-winters',
  summary: 'Error of Holt-Winters: a level, a damped trend and a daily season, smoothed by fixed shares.',
  source:
    'Holt (1957) and Winters (1960); damped trend of Gardner & McKenzie, Forecasting trends in time series (1985)',
  shines: 'A day with a trend on it, the same day after day.',
  fails: 'Weekends that are not like workdays, and a level that moves for good: red until it has followed.',
  params: {
    level: {
      kind: 'number',
      summary: 'What share of an error goes into the level (α), a point.',
      default: 0.02,
      min: 0.0001,
      max: 0.9,
    },
    trend: {
      kind: 'number',
      summary: 'What share of what the level moves by goes into the trend (β), a point.',
      default: 0.01,
      min: 0,
      max: 0.9,
    },
    seasonal: {
      kind: 'number',
      summary: 'What share of the mean error in a bucket goes into the season (γ), a day; the first days have more.',
      default: 0.1,
      min: 0,
      max: 0.9,
    },
    damping: {
      kind: 'number',
      summary: 'What is left of the trend after a point (φ); 1 does not damp it.',
      default: 0.98,
      min: 0.5,
      max: 1,
    },
    buckets: BUCKETS_PARAM,
    spreadHalfLifeMs: SPREAD_PARAM,
    minPoints: MIN_POINTS_PARAM,
  },
  create: createHoltWinters,
};
