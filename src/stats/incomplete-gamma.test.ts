import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { gammaLower, gammaUpper } from './incomplete-gamma.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{ gamma: Rows<[number, number, number, number]> }>('distributions');

test.each(golden.gamma)('P and Q of %d at %d are SciPy’s', (a, x, lower, upper) => {
  expect(apart(gammaLower(a, x), lower)).toBeLessThan(1e-11);
  expect(apart(gammaUpper(a, x), upper)).toBeLessThan(1e-11);
});

test('at the ends, and outside', () => {
  expect([gammaLower(2, 0), gammaUpper(2, 0)]).toEqual([0, 1]);
  expect([gammaLower(2, Number.POSITIVE_INFINITY), gammaUpper(2, Number.POSITIVE_INFINITY)]).toEqual([1, 0]);
  expect([gammaLower(0, 1), gammaUpper(1, -1), gammaLower(Number.NaN, 1)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});
