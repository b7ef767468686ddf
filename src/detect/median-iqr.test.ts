import { expect, test } from 'vitest';
import { NORMAL_IQR } from '#stats/iqr.ts';
import { wideningOfMedian } from '#stats/small-sample.ts';
import { medianIqr } from './median-iqr.ts';
import { STEP_MS, seriesFrom, stepAll } from './test-series.ts';

const few = { minPoints: 10, baselineMs: 10 * STEP_MS };
/** Median 5.5, quartiles 3.25 and 7.75. */
const TEN = [10, 3, 8, 1, 6, 9, 2, 7, 4, 5];

test('the score is the distance from the median in widened, normalised interquartile ranges', () => {
  const score = stepAll(medianIqr, [...TEN, 20], few).at(-1);
  const sigma = (4.5 / NORMAL_IQR) * wideningOfMedian(10);
  expect(score?.score).toBeCloseTo((20 - 5.5) / sigma, 12);
  expect(score).toMatchObject({ expected: 5.5, baselineCount: 10, baselineFromMs: 0, baselineToMs: 9 * STEP_MS });
  expect(score?.upper).toBeCloseTo(5.5 + 3 * sigma, 12);
  expect(score?.lower).toBeCloseTo(5.5 - 3 * sigma, 12);
});

test('a point is not part of its own baseline, and the oldest goes when it comes in', () => {
  const [, next] = stepAll(medianIqr, [...TEN, 1e6, 6], few).slice(-2);
  // 10 has gone and 1e6 has come: the median of the other nine and 1e6.
  expect(next).toMatchObject({ expected: 5.5, baselineFromMs: STEP_MS, baselineToMs: 10 * STEP_MS });
});

test('a baseline is recorded time: a gap makes it older, not smaller', () => {
  const { timesMs, values } = seriesFrom([...TEN, 6]);
  timesMs[10] = 1e9;
  const scores = medianIqr.create({ ...few }, { stepMs: STEP_MS }).score({ stepMs: STEP_MS, timesMs, values });
  expect(scores.scores[10]).toBe(stepAll(medianIqr, [...TEN, 6], few).at(-1)?.score);
});

test('where more than half is one value, the others are the yardstick', () => {
  const quiet = [...new Array(98).fill(3), 4, 3];
  const given = { minPoints: 100, baselineMs: 100 * STEP_MS };
  const score = stepAll(medianIqr, [...quiet, 4], given).at(-1);
  // One of a hundred: a root mean square of 0.1 about the median.
  expect(score?.score).toBeCloseTo(10 / wideningOfMedian(100), 9);
  expect(score?.score).toBeGreaterThan(9);
  expect(score?.score).toBeLessThan(9.5);
});

test('rounding in half of the values is no yardstick either', () => {
  const rounded = Array.from({ length: 98 }, (_, index) => (index % 2 === 0 ? 0.3 : 0.1 * 3));
  const given = { minPoints: 100, baselineMs: 100 * STEP_MS };
  const score = stepAll(medianIqr, [...rounded, 1.3, 0.3, 1.3], given).at(-1);
  expect(score?.score).toBeCloseTo(10 / wideningOfMedian(100), 9);
});

test('a constant that moves scores the cap, one that stays 0, and rounding is no move', () => {
  const constant = new Array(30).fill(0.1 * 3);
  expect(stepAll(medianIqr, [...constant, 0.4]).at(-1)?.score).toBe(100);
  expect(stepAll(medianIqr, [...constant, 0.2]).at(-1)?.score).toBe(-100);
  expect(stepAll(medianIqr, [...constant, 0.1 * 3]).at(-1)?.score).toBe(0);
  expect(Math.abs(stepAll(medianIqr, [...constant, 0.3]).at(-1)?.score ?? 9)).toBeLessThan(1e-6);
});
