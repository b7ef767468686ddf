import { expect, test } from 'vitest';
import { numbers, readGolden } from '../../test/reference/golden.ts';
import { iqr, NORMAL_IQR } from './iqr.ts';
import { createRng } from './rng.ts';

test.each(Object.entries(readGolden().series))('the interquartile range of "%s" is SciPy’s', (_, golden) => {
  expect(Math.abs(iqr(numbers(golden.values)) - golden.iqr)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(golden.median)));
});

test('of normal data it is 1.349 standard deviations', () => {
  const rng = createRng(1);
  const values = Float64Array.from({ length: 100_000 }, () => 5 * rng.normal());
  expect(iqr(values) / NORMAL_IQR).toBeCloseTo(5, 1);
});

test('no values have no range', () => {
  expect(iqr(new Float64Array(0))).toBeNaN();
});
