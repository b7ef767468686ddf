// Distance from the median of the last recorded hours, in units of their interquartile range: a quarter of the baseline
// may be trouble itself before the yardstick bends. IQR ÷ 1.349 is a normal's sigma, widened for few points so that ±3
// keeps its meaning on roughly normal data; on skewed data more lies beyond (null-shares.ts). O(log n) to find and one
// short move a point; 3 numbers a point of baseline.
import type { Score } from '#model/score.ts';
import { iqrSorted, NORMAL_IQR } from '#stats/iqr.ts';
import { medianSorted } from '#stats/median.ts';
import { BASELINE_PARAMS, type Baseline, COUNT, createBaseline } from './baseline.ts';
import type { Algorithm } from './contract.ts';
import { medianWidenings, spreadAbout } from './robust-spread.ts';
import { rollingScorer, type ScoreAgainst } from './rolling-scorer.ts';
import { fillScore, ROUNDING } from './sigma.ts';

/** The method on a baseline with sorted values; `auto` uses it too. */
export function againstMedianIqr(baseline: Baseline): ScoreAgainst {
  const { capacity, sortedAt } = baseline;
  const widenings = medianWidenings(capacity);
  return (state: Float64Array, value: number, out: Score) => {
    const count = state[COUNT] as number;
    const centre = medianSorted(state, sortedAt, count);
    const range = iqrSorted(state, sortedAt, count);
    const spread =
      range > ROUNDING * Math.abs(centre) ? range / NORMAL_IQR : spreadAbout(state, sortedAt, count, centre);
    fillScore(out, value, centre, spread * (widenings[count] as number));
  };
}

export const medianIqr: Algorithm = {
  name: 'median-iqr',
  summary: 'Distance from the recent median in units of the interquartile range; bears a quarter of bad points.',
  source: 'Tukey, Exploratory Data Analysis (1977); efficiency of the IQR from Rousseeuw & Croux (1993)',
  shines: 'A level with noise, and now and then bad points that must not spoil the baseline.',
  fails: 'What is done at the same hour every day: it knows the last hours only.',
  params: BASELINE_PARAMS,
  create(values, deps) {
    const baseline = createBaseline(values, deps, { sorted: true, moments: false });
    return rollingScorer(baseline, againstMedianIqr(baseline));
  },
};
