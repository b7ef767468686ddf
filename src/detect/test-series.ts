// Builds series for tests of single algorithms, and scores them point by point.
import { emptyScore, type Score } from '#model/score.ts';
import type { Series } from '#model/series.ts';
import type { Algorithm, ParamValues } from './contract.ts';
import { emptySeries } from './rolling-scorer.ts';
import { completeParams } from './settings.ts';
import { onlineOf } from './windowed.ts';

export const STEP_MS = 60_000;

/** A point a minute. */
export function seriesFrom(values: ArrayLike<number>): Series {
  return {
    stepMs: STEP_MS,
    timesMs: Float64Array.from(values, (_, index) => index * STEP_MS),
    values: Float64Array.from(values),
  };
}

/** The scorer with these parameters and the defaults of the rest. */
export function scorerOf(algorithm: Algorithm, given: ParamValues = {}, stepMs = STEP_MS) {
  const parameters = completeParams(algorithm.params, given);
  const scorer = algorithm.create(parameters, { stepMs });
  return { scorer, online: onlineOf(scorer, parameters, stepMs) };
}

/** What each step gave, stepping from a cold state. */
export function stepAll(algorithm: Algorithm, values: ArrayLike<number>, given: ParamValues = {}): Score[] {
  const { online } = scorerOf(algorithm, given);
  const state = online.start(emptySeries(STEP_MS));
  return Array.from(values, (value, index) => {
    const out = emptyScore();
    online.step(state, index * STEP_MS, value, out);
    return out;
  });
}
