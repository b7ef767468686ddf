import { expect, test } from 'vitest';
import { numbers, readGolden } from '../../test/reference/golden.ts';
import { quantile, quantileSorted } from './quantile.ts';

const cases = Object.entries(readGolden().series).flatMap(([name, { values, quantiles }]) =>
  Object.entries(quantiles).map(([ratio, value]) => ({ name, ratio: Number(ratio), values, value })),
);

test.each(cases)('the $ratio quantile of "$name" is NumPy’s', ({ values, ratio, value }) => {
  expect(quantile(numbers(values), ratio)).toBeCloseTo(value, 12 - Math.ceil(Math.log10(Math.abs(value) + 1)));
});

test('no values have no quantile', () => {
  expect(quantile(new Float64Array(0), 0.5)).toBeNaN();
  expect(quantile(Float64Array.of(Number.NaN), 0.5)).toBeNaN();
});

test('a slice is read where it lies', () => {
  expect(quantileSorted(Float64Array.of(9, 1, 2, 4, 9), 1, 3, 0.75)).toBe(3);
});

test('the values given are left as they were', () => {
  const values = Float64Array.of(3, 1, 2);
  quantile(values, 0.5);
  expect([...values]).toEqual([3, 1, 2]);
});
