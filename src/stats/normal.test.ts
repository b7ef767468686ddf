import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { normalDensity, normalLower, normalQuantile, normalUpper } from './normal.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{
  normal: Rows<[number, number, number, number]>;
  normalQuantile: Rows<[number, number]>;
}>('distributions');

test.each(golden.normal)('tails and density at %d are SciPy’s', (z, lower, upper, density) => {
  expect(apart(normalLower(z), lower)).toBeLessThan(4e-13);
  expect(apart(normalUpper(z), upper)).toBeLessThan(4e-13);
  expect(apart(normalDensity(z), density)).toBeLessThan(2e-13);
});

test.each(golden.normalQuantile)('the quantile of %d is SciPy’s', (p, z) => {
  expect(apart(normalQuantile(p), z)).toBeLessThan(2e-15);
});

test('the quantile undoes the tail', () => {
  for (let z = -37; z < 8; z += 0.1)
    expect(Math.abs(normalQuantile(normalLower(z)) - z)).toBeLessThan(z < 5 ? 1e-9 : 1);
});

test('the quantiles of 0 and 1 are infinite, and there are none beyond', () => {
  expect([0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});
