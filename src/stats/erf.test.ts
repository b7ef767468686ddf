import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { erf, erfc } from './erf.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{ erf: Rows<[number, number, number]> }>('distributions');

test.each(golden.erf)('erf and erfc at %d are SciPy’s', (x, value, complement) => {
  expect(apart(erf(x), value)).toBeLessThan(1e-15);
  expect(apart(erfc(x), complement)).toBeLessThan(1e-14);
});

test('far out and for NaN', () => {
  expect([erf(40), erf(-40), erfc(40), erfc(-40), erf(Number.NaN), erfc(Number.NaN)]).toEqual([
    1,
    -1,
    0,
    2,
    Number.NaN,
    Number.NaN,
  ]);
});
