import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { createRealFft } from './real-fft.ts';
import { createRng } from './rng.ts';

const golden = readGoldenFile<{ real: { values: Column; real: Column; imaginary: Column }[] }>('spectrum').real;

test.each(golden)('the half spectrum of $values.length numbers is SciPy’s', (each) => {
  const values = numbers(each.values);
  const { bins, forward, inverse } = createRealFft(values.length);
  const real = new Float64Array(bins);
  const imaginary = new Float64Array(bins);
  forward(values, real, imaginary);
  // The mean's bin is 2,000: what is left of 1e-15 of it.
  expect(farthest(real, numbers(each.real))).toBeLessThan(1e-11);
  expect(farthest(imaginary, numbers(each.imaginary))).toBeLessThan(1e-11);
  const back = new Float64Array(values.length);
  inverse(real, imaginary, back);
  expect(farthest(back, values)).toBeLessThan(1e-13);
});

test('the inverse brings any length back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer(), (length, seed) => {
      const rng = createRng(seed);
      const values = Float64Array.from({ length }, () => rng.normal());
      const { bins, forward, inverse } = createRealFft(length);
      const real = new Float64Array(bins);
      const imaginary = new Float64Array(bins);
      const back = new Float64Array(length);
      forward(values, real, imaginary);
      inverse(real, imaginary, back);
      expect(farthest(back, values)).toBeLessThan(1e-13);
    }),
    { numRuns: 200 },
  );
});

test('there is no transform of no numbers', () => {
  expect(() => createRealFft(0)).toThrow(RangeError);
});
