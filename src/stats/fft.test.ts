import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { createFft } from './fft.ts';
import { createRng } from './rng.ts';

const golden = readGoldenFile<{ complex: { real: Column; imaginary: Column; toReal: Column; toImaginary: Column }[] }>(
  'spectrum',
).complex;

test.each(golden)('a transform of $real.length complex numbers is SciPy’s', (each) => {
  const real = numbers(each.real);
  const imaginary = numbers(each.imaginary);
  createFft(real.length).forward(real, imaginary);
  expect(farthest(real, numbers(each.toReal))).toBeLessThan(1e-12);
  expect(farthest(imaginary, numbers(each.toImaginary))).toBeLessThan(1e-12);
});

test('the inverse brings any length back, and the plan may be used again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer(), (length, seed) => {
      const rng = createRng(seed);
      const plan = createFft(length);
      for (let round = 0; round < 2; round++) {
        const real = Float64Array.from({ length }, () => rng.normal());
        const imaginary = Float64Array.from({ length }, () => rng.normal());
        const [a, b] = [real.slice(), imaginary.slice()];
        plan.forward(a, b);
        plan.inverse(a, b);
        expect(farthest(a, real)).toBeLessThan(1e-13);
        expect(farthest(b, imaginary)).toBeLessThan(1e-13);
      }
    }),
    { numRuns: 200 },
  );
});

test('a long prime length keeps its digits: energy before is energy after', () => {
  const length = 10_007;
  const rng = createRng(1);
  const real = Float64Array.from({ length }, () => rng.normal());
  const imaginary = new Float64Array(length);
  const energy = (values: Float64Array) => values.reduce((sum, each) => sum + each * each, 0);
  const before = energy(real);
  createFft(length).forward(real, imaginary);
  expect(Math.abs((energy(real) + energy(imaginary)) / length / before - 1)).toBeLessThan(1e-13);
});

test('NaN anywhere is NaN everywhere', () => {
  for (const length of [8, 7]) {
    const real = new Float64Array(length);
    real[3] = Number.NaN;
    createFft(length).forward(real, new Float64Array(length));
    expect(real.every(Number.isNaN)).toBe(true);
  }
});

test.each([0, -1, 2.5, Number.NaN])('there is no transform of %s numbers', (length) => {
  expect(() => createFft(length)).toThrow(RangeError);
});
