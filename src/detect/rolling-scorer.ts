// What every method with a rolling baseline does around its own arithmetic: skip what is missing, wait for enough points,
// score against the baseline, and only then take the point in. Scoring a whole series is stepping through it.
import type { Score } from '#model/score.ts';
import { emptyScore } from '#model/score.ts';
import type { Series } from '#model/series.ts';
import { type Baseline, COUNT } from './baseline.ts';
import type { OnlineScorer, Scorer, Scores } from './contract.ts';
import { isMeasured } from './measured.ts';
import { fillNothing } from './sigma.ts';

/** Fills `out` with the score of `value` against the baseline in `state`, which holds at least `minPoints`. */
export type ScoreAgainst = (state: Float64Array, value: number, out: Score) => void;

/** A scorer from a baseline and a method; `nameOf` where the state has chosen among several. */
export function rollingScorer(
  baseline: Baseline,
  scoreAgainst: ScoreAgainst,
  nameOf?: (state: Float64Array) => string,
): Scorer {
  function step(state: Float64Array, timeMs: number, value: number, out: Score): void {
    baseline.describe(state, out);
    if (!isMeasured(value)) {
      fillNothing(out);
      return;
    }
    if ((state[COUNT] as number) >= baseline.minPoints) scoreAgainst(state, value, out);
    else fillNothing(out);
    baseline.push(state, timeMs, value);
  }
  function start(history: Series): Float64Array {
    const state = baseline.start();
    stepThrough({ start, step }, history, state);
    return state;
  }
  const online: OnlineScorer = nameOf === undefined ? { start, step } : { start, step, nameOf };
  return { score: (series) => scoreByStepping(online, series), online };
}

/** Scores every point of the series from a cold state. */
export function scoreByStepping(online: OnlineScorer, series: Series): Scores {
  const count = series.values.length;
  const scores = {
    scores: new Float64Array(count),
    expected: new Float64Array(count),
    lower: new Float64Array(count),
    upper: new Float64Array(count),
  };
  const state = online.start(emptySeries(series.stepMs));
  stepThrough(online, series, state, scores);
  return scores;
}

export function emptySeries(stepMs: number): Series {
  return { stepMs, timesMs: new Float64Array(0), values: new Float64Array(0) };
}

/** Takes the series into the state, point by point, and writes down the scores if they are wanted. */
export function stepThrough(online: OnlineScorer, series: Series, state: Float64Array, into?: Scores): void {
  const out = emptyScore();
  for (let index = 0; index < series.values.length; index++) {
    online.step(state, series.timesMs[index] as number, series.values[index] as number, out);
    if (into === undefined) continue;
    into.scores[index] = out.score;
    into.expected[index] = out.expected;
    into.lower[index] = out.lower;
    into.upper[index] = out.upper;
  }
}
