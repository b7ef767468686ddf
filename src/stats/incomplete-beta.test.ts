import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { betaLower } from './incomplete-beta.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{ beta: Rows<[number, number, number, number, number]> }>('distributions');

test.each(golden.beta)('both tails of (%d, %d) at %d are SciPy’s', (a, b, x, lower, upper) => {
  expect(apart(betaLower(a, b, x), lower)).toBeLessThan(1e-11);
  expect(apart(betaLower(b, a, 1 - x, x), upper)).toBeLessThan(1e-11);
});

test('at the ends, and outside', () => {
  expect([betaLower(2, 3, 0), betaLower(2, 3, 1)]).toEqual([0, 1]);
  expect([betaLower(0, 1, 0.5), betaLower(1, 1, 1.5), betaLower(1, Number.NaN, 0.5)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});
