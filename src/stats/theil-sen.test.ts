import { expect, test } from 'vitest';
import { type Column, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { theilSen } from './theil-sen.ts';

const golden = readGoldenFile<{
  theilSen: { name: string; x: Column; y: Column; slope: number; intercept: number }[];
}>('lines').theilSen;

test.each(golden)('the line through "$name" is SciPy’s', ({ x, y, slope, intercept }) => {
  const line = theilSen(numbers(x), numbers(y));
  expect(line.slope).toBeCloseTo(slope, 13);
  expect(line.intercept).toBeCloseTo(intercept, 12);
});

test('points with a gap are left out', () => {
  const { NaN: gap } = Number;
  expect(theilSen(Float64Array.of(0, 1, 2, gap, 4), Float64Array.of(1, 3, gap, 9, 9))).toEqual({
    slope: 2,
    intercept: 1,
  });
});

test.each([
  ['nothing', [], []],
  ['one point', [1], [2]],
  ['points above each other', [1, 1, 1], [1, 2, 3]],
])('%s has no line', (_, x, y) => {
  expect(theilSen(Float64Array.from(x), Float64Array.from(y))).toEqual({ slope: Number.NaN, intercept: Number.NaN });
});
