import { expect, test } from 'vitest';
import { scorerOf, seriesFrom } from './test-series.ts';
import { zScore } from './z-score.ts';

const scoresOf = (values: readonly number[]) => [...scorerOf(zScore).scorer.score(seriesFrom(values)).scores];

test('each point is measured against the whole window, itself among it, in population deviations', () => {
  // Mean 2, population deviation 6.
  const scores = scoresOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 20]);
  expect(scores[9]).toBeCloseTo(3, 12);
  expect(scores[0]).toBeCloseTo(-1 / 3, 12);
});

test('below the mean is negative', () => {
  expect(scoresOf([10, 10, 10, 10, 10, 10, 10, 10, 10, -10])[9]).toBeCloseTo(-3, 12);
});

test('fewer than ten values have no scores; missing ones do not count', () => {
  expect(scoresOf([1, 2, 3, 4, 5, 6, 7, 8, 9]).every(Number.isNaN)).toBe(true);
  expect(scoresOf([1, 2, 3, 4, 5, 6, 7, 8, 9, Number.NaN]).every(Number.isNaN)).toBe(true);
  expect(scoresOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).some(Number.isNaN)).toBe(false);
});

test('without spread every score is zero', () => {
  expect(scoresOf(new Array(12).fill(0.1))).toEqual(new Array(12).fill(0));
});

test('a missing point in a window has no score, and the others are as if it were not there', () => {
  const values = [5, 1, 4, 2, 3, 9, 8, 7, 6, 0, 12];
  const gappy = scoresOf([...values.slice(0, 5), Number.NaN, ...values.slice(5)]);
  expect(gappy[5]).toBeNaN();
  expect(gappy.filter((_, index) => index !== 5)).toEqual(scoresOf(values));
});
