import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { autocorrelation } from './autocorrelation.ts';

const golden = readGoldenFile<{
  autocorrelations: { name: string; values: Column; biased: Column; unbiased: Column }[];
}>('spectrum').autocorrelations;

test.each(golden)('of "$name", biased and not, it is statsmodels’', ({ values, biased, unbiased }) => {
  expect(farthest(autocorrelation(numbers(values), { maxLag: 60 }), numbers(biased))).toBeLessThan(1e-12);
  expect(farthest(autocorrelation(numbers(values), { maxLag: 60, unbiased: true }), numbers(unbiased))).toBeLessThan(
    1e-12,
  );
});

test('an offset of 1e9 costs few digits', () => {
  const wave = Float64Array.from({ length: 500 }, (_, index) => Math.sin(index / 5));
  const high = wave.map((value) => value + 1e9);
  expect(farthest(autocorrelation(high), autocorrelation(wave))).toBeLessThan(1e-6);
});

test('the scale of the values does not matter', () => {
  const wave = Float64Array.from({ length: 500 }, (_, index) => (index % 7 === 0 ? Number.NaN : Math.sin(index / 5)));
  for (const scale of [1e-12, 1e12]) {
    const scaled = wave.map((value) => value * scale);
    expect(farthest(autocorrelation(scaled), autocorrelation(wave))).toBeLessThan(1e-12);
  }
});

test('a lag without a pair is NaN, not 0', () => {
  const gaps = Float64Array.of(1, 2, Number.NaN, Number.NaN, Number.NaN);
  expect([...autocorrelation(gaps, { unbiased: true }).subarray(2)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test.each([
  ['nothing', []],
  ['one value', [3]],
  ['gaps alone', [Number.NaN, Number.NaN]],
  ['a constant', [0.1, 0.1, 0.1, 0.1]],
])('%s has no autocorrelation', (_, values) => {
  const found = autocorrelation(Float64Array.from(values));
  expect(found.length).toBe(values.length);
  expect(found.every(Number.isNaN)).toBe(true);
});
