import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { negativeBinomialAtLeast, negativeBinomialAtMost, poissonAtLeast, poissonAtMost } from './counts.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{
  poisson: Rows<[number, number, number, number]>;
  negativeBinomial: Rows<[number, number, number, number, number]>;
}>('distributions');

test.each(golden.poisson)('both tails of %d with a mean of %d are SciPy’s', (count, mean, least, most) => {
  expect(apart(poissonAtLeast(count, mean), least)).toBeLessThan(1e-11);
  expect(apart(poissonAtMost(count, mean), most)).toBeLessThan(1e-11);
});

test.each(golden.negativeBinomial)(
  'both tails of %d, mean %d, size %d are SciPy’s',
  (count, mean, size, least, most) => {
    expect(apart(negativeBinomialAtLeast(count, mean, size), least)).toBeLessThan(1e-10);
    expect(apart(negativeBinomialAtMost(count, mean, size), most)).toBeLessThan(1e-10);
  },
);

test('a mean of 0 gives nothing but 0, and no count is negative', () => {
  expect([poissonAtLeast(1, 0), poissonAtLeast(0, 0), poissonAtMost(0, 0), poissonAtMost(-1, 3)]).toEqual([0, 1, 1, 0]);
  expect([negativeBinomialAtLeast(1, 0, 2), negativeBinomialAtMost(0, 0, 2), negativeBinomialAtMost(-1, 3, 2)]).toEqual(
    [0, 1, 0],
  );
});

test('a large size is a Poisson, and counts that are not whole are taken to the next that is', () => {
  expect(apart(negativeBinomialAtLeast(9, 4, 1e9), poissonAtLeast(9, 4))).toBeLessThan(1e-6);
  expect(poissonAtLeast(8.5, 4)).toBe(poissonAtLeast(9, 4));
  expect(poissonAtMost(8.5, 4)).toBe(poissonAtMost(8, 4));
});
