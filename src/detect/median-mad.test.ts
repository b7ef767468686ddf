import { expect, test } from 'vitest';
import { SIGMA_PER_MAD } from '#stats/mad.ts';
import { wideningOfMedian } from '#stats/small-sample.ts';
import { medianMad } from './median-mad.ts';
import { STEP_MS, stepAll } from './test-series.ts';

const few = { minPoints: 11, baselineMs: 11 * STEP_MS };

test('the score is the distance from the median in widened, normalised median deviations', () => {
  // Median 6, deviations 0 1 1 2 2 3 3 4 4 5 5: their median is 3.
  const score = stepAll(medianMad, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 30], few).at(-1);
  expect(score?.expected).toBe(6);
  expect(score?.score).toBeCloseTo(24 / (3 * SIGMA_PER_MAD * wideningOfMedian(11)), 12);
});

test('almost half of the baseline may be trouble before the yardstick bends', () => {
  const score = stepAll(medianMad, [1, 2, 3, 4, 5, 6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6], few).at(-1);
  expect(score?.score).toBe(100);
});
