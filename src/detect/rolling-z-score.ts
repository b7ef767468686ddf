// Distance from the mean of the last recorded hours, in standard deviations: the plain method where data are smooth and
// clean. One bad point in the baseline widens it for as long as it stays. The deviation is the sample's (n − 1), widened
// so that the band of ±3 is the 99.73 % prediction interval of normal data, to 0.4 % of its width (Wallace). O(1) a point.
import type { Score } from '#model/score.ts';
import { slidingMean, slidingSquares } from '#stats/sliding-variance.ts';
import { wideningOfMean } from '#stats/small-sample.ts';
import { BASELINE_PARAMS, type Baseline, COUNT, createBaseline, MOMENTS } from './baseline.ts';
import type { Algorithm } from './contract.ts';
import { rollingRules } from './promql/rolling-z-score.ts';
import { rollingScorer, type ScoreAgainst } from './rolling-scorer.ts';
import { fillScore } from './sigma.ts';

/** The method on a baseline with moments; `auto` uses it too. */
export function againstMean(baseline: Baseline): ScoreAgainst {
  const widenings = Float64Array.from({ length: baseline.capacity + 1 }, (_, count) => wideningOfMean(count));
  return (state: Float64Array, value: number, out: Score) => {
    const count = state[COUNT] as number;
    const deviation = Math.sqrt(slidingSquares(state, MOMENTS) / (count - 1));
    fillScore(out, value, slidingMean(state, MOMENTS), deviation * (widenings[count] as number));
  };
}

export const rollingZScore: Algorithm = {
  name: 'rolling-z-score',
  summary: 'Distance from the recent mean in standard deviations; for smooth data without stray points.',
  source: 'Prediction interval of a normal sample: Student (1908), Wallace (1959) for its tail',
  shines: 'A level with noise and without stray points: for these it has the most exact yardstick.',
  fails: 'A stray point widens the band for as long as the baseline holds it, and hides what follows.',
  params: BASELINE_PARAMS,
  create(values, deps) {
    const baseline = createBaseline(values, deps, { sorted: false, moments: true });
    return rollingScorer(baseline, againstMean(baseline));
  },
  promql: {
    rules(values, recorded) {
      const { capacity, minPoints } = createBaseline(values, recorded, { sorted: false, moments: true });
      return rollingRules({ points: capacity, minPoints }, recorded);
    },
  },
};
