// The first, simple chooser: scores with median and IQR while it warms up, then looks at what the full baseline holds
// and keeps its choice in the state; each time the baseline has been renewed whole it looks again. Where three quarters
// of the values are one and the same (a count of rare things, a quantised gauge) both quartiles lie on it and say
// nothing, but the standard deviation does; everywhere else median and IQR are safer.

import { medianSorted } from '#stats/median.ts';
import { lowerBound } from '#stats/sorted-window.ts';
import { BASELINE_PARAMS, type Baseline, CHOICE, COUNT, createBaseline, NEXT } from './baseline.ts';
import type { Algorithm } from './contract.ts';
import { againstMedianIqr } from './median-iqr.ts';
import { rollingScorer } from './rolling-scorer.ts';
import { againstMean } from './rolling-z-score.ts';

/** What the state's field CHOICE holds; 0 until the baseline is full for the first time. */
const CHOICES = ['median-iqr', 'median-iqr', 'rolling-z-score'] as const;
const MEDIAN_IQR = 1;
const ROLLING_Z_SCORE = 2;

/** With so large a part of the values the same, both quartiles are that value, wherever it lies among the others. */
const PREVAILING = 0.75;

/** The choice for what the full baseline holds. */
function choose(state: Float64Array, { sortedAt, capacity }: Baseline): number {
  const middle = medianSorted(state, sortedAt, capacity);
  const first = lowerBound(state, sortedAt, capacity, middle);
  let equal = 0;
  while (first + equal < sortedAt + capacity && state[first + equal] === middle) equal++;
  return equal >= capacity * PREVAILING ? ROLLING_Z_SCORE : MEDIAN_IQR;
}

export const auto: Algorithm = {
  name: 'auto',
  summary:
    'Looks at each full baseline and picks for the next: rolling-z-score where one value prevails, else median-iqr.',
  source: "Tidewatch's own rule; the methods it picks name theirs",
  params: BASELINE_PARAMS,
  create(values, deps) {
    const baseline = createBaseline(values, deps, { sorted: true, moments: true });
    const byMedian = againstMedianIqr(baseline);
    const byMean = againstMean(baseline);
    return rollingScorer(
      baseline,
      (state, value, out) => {
        if (state[NEXT] === 0 && state[COUNT] === baseline.capacity) state[CHOICE] = choose(state, baseline);
        if (state[CHOICE] === ROLLING_Z_SCORE) byMean(state, value, out);
        else byMedian(state, value, out);
      },
      (state) => `auto: ${CHOICES[state[CHOICE] as number] ?? CHOICES[0]}`,
    );
  },
};
