import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { qn, qnFactor, SIGMA_PER_QN } from './qn.ts';
import { createRng } from './rng.ts';

const golden = readGoldenFile<{ samples: { name: string; values: Column; qn: number }[]; qnSigma: number }>('scales');

test.each(golden.samples)('Qn of "$name" is statsmodels’', ({ values, qn: expected }) => {
  expect(Math.abs(qn(numbers(values)) / expected - 1)).toBeLessThan(1e-12);
  expect(SIGMA_PER_QN).toBeCloseTo(golden.qnSigma, 15);
});

test('counting finds what listing all distances finds, ties and outliers and all', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e12, max: 1e12 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 60 }), (values) => {
      const distances = values.flatMap((a, index) => values.slice(index + 1).map((b) => Math.abs(a - b)));
      const half = Math.floor(values.length / 2) + 1;
      const rank = (half * (half - 1)) / 2;
      expect(qn(Float64Array.from(values))).toBe(
        SIGMA_PER_QN * (distances.sort((a, b) => a - b)[rank - 1] ?? Number.NaN),
      );
    }),
    { numRuns: 1000 },
  );
});

test.each([2, 3, 5, 9, 10, 15, 40])('with its factor it is a standard deviation also for %s normal values', (count) => {
  const rng = createRng(count);
  let sum = 0;
  for (let round = 0; round < 20_000; round++) sum += qn(Float64Array.from({ length: count }, () => rng.normal()));
  expect(Math.abs((qnFactor(count) * sum) / 20_000 - 1)).toBeLessThan(0.02);
});

test('one value, or none, has no scale; half of it the same has 0', () => {
  expect(qn(Float64Array.of(1, Number.NaN))).toBeNaN();
  expect(qn(new Float64Array(0))).toBeNaN();
  expect(qn(Float64Array.of(1, 1, 1, 1, 9, 30))).toBe(0);
});
