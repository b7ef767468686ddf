import { expect, test } from 'vitest';
import { measuredIndices, noScores } from './window-scores.ts';

test('measured values are told apart from what is missing or absurd', () => {
  const values = Float64Array.of(1, Number.NaN, -2, Number.POSITIVE_INFINITY, 1e300, 0);
  expect([...measuredIndices(values)]).toEqual([0, 2, 5]);
  expect(measuredIndices(new Float64Array(0))).toHaveLength(0);
});

test('without scores every column is as long as the series and empty', () => {
  for (const column of Object.values(noScores(3))) expect([...column]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
