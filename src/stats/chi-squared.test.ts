import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { chiSquaredLower, chiSquaredQuantile, chiSquaredUpper, chiSquaredUpperQuantile } from './chi-squared.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{
  chiSquared: Rows<[number, number, number, number]>;
  chiSquaredQuantile: Rows<[number, number, number, number]>;
}>('distributions');

test.each(golden.chiSquared)('both tails at %d with %d degrees are SciPy’s', (x, degrees, lower, upper) => {
  expect(apart(chiSquaredLower(x, degrees), lower)).toBeLessThan(1e-11);
  expect(apart(chiSquaredUpper(x, degrees), upper)).toBeLessThan(1e-11);
});

test.each(golden.chiSquaredQuantile)('both quantiles of %d with %d degrees are SciPy’s', (p, degrees, lower, upper) => {
  expect(apart(chiSquaredQuantile(p, degrees), lower)).toBeLessThan(1e-10);
  expect(apart(chiSquaredUpperQuantile(p, degrees), upper)).toBeLessThan(1e-10);
});

test('at the ends, and outside', () => {
  expect([0, 1, -1, Number.NaN].map((p) => chiSquaredQuantile(p, 3))).toEqual([
    0,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    Number.NaN,
  ]);
  expect([chiSquaredLower(-1, 3), chiSquaredUpper(-1, 3)]).toEqual([0, 1]);
});
