// Distance from the median of the last recorded hours, in units of the median absolute deviation: half of the baseline
// may be trouble itself before the yardstick bends. Otherwise like median-iqr, and on skewed data more easily alarmed
// by the long side, because the yardstick is mostly the short one (null-shares.ts).
import type { Score } from '#model/score.ts';
import { madSorted, SIGMA_PER_MAD } from '#stats/mad.ts';
import { medianSorted } from '#stats/median.ts';
import { BASELINE_PARAMS, COUNT, createBaseline } from './baseline.ts';
import type { Algorithm } from './contract.ts';
import { medianWidenings, spreadAbout } from './robust-spread.ts';
import { rollingScorer } from './rolling-scorer.ts';
import { fillScore, ROUNDING } from './sigma.ts';

export const medianMad: Algorithm = {
  name: 'median-mad',
  summary: 'Distance from the recent median in units of the median absolute deviation; bears half of bad points.',
  source: 'Hampel, The influence curve and its role in robust estimation (1974)',
  shines: 'A level with noise, though half of the last hours was bad: the next fault still shows.',
  fails: 'Counts of rare things, mostly 0: two or three events are red.',
  params: BASELINE_PARAMS,
  create(values, deps) {
    const baseline = createBaseline(values, deps, { sorted: true, moments: false });
    const { capacity, sortedAt } = baseline;
    const widenings = medianWidenings(capacity);
    return rollingScorer(baseline, (state: Float64Array, value: number, out: Score) => {
      const count = state[COUNT] as number;
      const centre = medianSorted(state, sortedAt, count);
      const deviation = madSorted(state, sortedAt, count, centre);
      const spread =
        deviation > ROUNDING * Math.abs(centre)
          ? deviation * SIGMA_PER_MAD
          : spreadAbout(state, sortedAt, count, centre);
      fillScore(out, value, centre, spread * (widenings[count] as number));
    });
  },
};
