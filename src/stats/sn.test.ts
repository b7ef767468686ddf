import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { createRng } from './rng.ts';
import { SIGMA_PER_SN, sn, snFactor } from './sn.ts';

const golden = readGoldenFile<{ samples: { name: string; values: Column; sn: number }[] }>('scales').samples;

test.each(golden)('Sn of "$name" is what its definition gives in NumPy', ({ values, sn: expected }) => {
  expect(Math.abs(sn(numbers(values)) / expected - 1)).toBeLessThan(1e-12);
});

test('bisection finds what sorting each value’s distances finds', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e12, max: 1e12 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), (values) => {
      const order = (each: number[]) => each.sort((a, b) => a - b);
      const high = values.map((a) => order(values.map((b) => Math.abs(a - b)))[values.length >> 1] ?? 0);
      expect(sn(Float64Array.from(values))).toBe(SIGMA_PER_SN * (order(high)[((values.length + 1) >> 1) - 1] ?? 0));
    }),
    { numRuns: 1000 },
  );
});

test.each([2, 3, 5, 9, 10, 15, 41])('with its factor it is a standard deviation also for %s normal values', (count) => {
  const rng = createRng(count);
  let sum = 0;
  for (let round = 0; round < 20_000; round++) sum += sn(Float64Array.from({ length: count }, () => rng.normal()));
  expect(Math.abs((snFactor(count) * sum) / 20_000 - 1)).toBeLessThan(0.025);
});

test('one value, or none, has no scale', () => {
  expect(sn(Float64Array.of(1, Number.NaN))).toBeNaN();
  expect(sn(new Float64Array(0))).toBeNaN();
});
