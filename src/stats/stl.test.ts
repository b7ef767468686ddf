import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { createRng } from './rng.ts';
import { type Decomposition, type StlOptions, stl } from './stl.ts';

interface Case {
  readonly name: string;
  readonly values: Column;
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly seasonal: Column;
  readonly trend: Column;
  readonly residual: Column;
  readonly weights: Column;
}

const golden = readGoldenFile<{ stl: Case[] }>('smoothing').stl;

/** statsmodels' names for the same. */
function optionsOf(given: Case['options']): StlOptions {
  const degree = (name: string) => (given[name] === 0 ? 0 : 1);
  const number = (name: string) => (given[name] === undefined ? {} : { value: Number(given[name]) });
  const { value: seasonal } = { value: 7, ...number('seasonal') };
  const trend = number('trend');
  const lowPass = number('low_pass');
  return {
    period: Number(given.period ?? 12),
    seasonal,
    ...('value' in trend ? { trend: trend.value } : {}),
    ...('value' in lowPass ? { lowPass: lowPass.value } : {}),
    degrees: { seasonal: degree('seasonal_deg'), trend: degree('trend_deg'), lowPass: degree('low_pass_deg') },
    jumps: {
      seasonal: Number(given.seasonal_jump ?? 1),
      trend: Number(given.trend_jump ?? 1),
      lowPass: Number(given.low_pass_jump ?? 1),
    },
    robust: given.robust === true,
  };
}

function decompose(values: Float64Array, options: StlOptions): Decomposition {
  const parts = stl(values, options);
  if (parts === undefined) throw new Error('no decomposition');
  return parts;
}

test.each(golden)('"$name" is statsmodels’ to 1e-11', (each) => {
  const parts = decompose(numbers(each.values), optionsOf(each.options));
  for (const part of ['seasonal', 'trend', 'residual', 'weights'] as const) {
    expect(farthest(parts[part], numbers(each[part]))).toBeLessThan(1e-11);
  }
});

/** A trend, a season and a little noise. */
function example(length: number, period: number) {
  const rng = createRng(4);
  const trend = Float64Array.from({ length }, (_, index) => 10 + 0.02 * index);
  const seasonal = Float64Array.from({ length }, (_, index) => 5 * Math.sin((2 * Math.PI * index) / period));
  const values = trend.map((value, index) => value + (seasonal[index] ?? 0) + 0.1 * rng.normal());
  return { trend, seasonal, values };
}

test('season and trend go on through gaps, wherever they are', () => {
  const { trend, seasonal, values } = example(240, 24);
  for (const [from, to] of [
    [0, 5],
    [50, 74],
    [100, 130],
    [236, 240],
  ]) {
    values.fill(Number.NaN, from, to);
  }
  const parts = decompose(values, { period: 24, robust: true });
  expect(farthest(parts.trend, trend)).toBeLessThan(0.1);
  expect(farthest(parts.seasonal, seasonal)).toBeLessThan(0.3);
  expect(parts.residual.every((value, index) => Number.isNaN(value) === Number.isNaN(values[index]))).toBe(true);
  expect(parts.weights[60]).toBe(0);
});

test('a spike leaves a robust season alone, and stands in the residual', () => {
  const { values } = example(240, 24);
  const quiet = decompose(values, { period: 24, robust: true });
  values[100] = 1000;
  const spiky = decompose(values, { period: 24, robust: true });
  expect(farthest(spiky.seasonal, quiet.seasonal)).toBeLessThan(0.1);
  expect(spiky.residual[100]).toBeGreaterThan(900);
});

test.each([
  ['fewer than two periods', new Float64Array(47)],
  ['gaps alone', new Float64Array(100).fill(Number.NaN)],
  ['nothing', new Float64Array(0)],
])('%s cannot be decomposed', (_, values) => {
  expect(stl(values, { period: 24 })).toBeUndefined();
});

test('a constant is all trend', () => {
  const parts = decompose(new Float64Array(50).fill(3), { period: 7, robust: true });
  expect(farthest(parts.trend, new Float64Array(50).fill(3))).toBeLessThan(1e-14);
  expect(farthest(parts.seasonal, new Float64Array(50))).toBeLessThan(1e-14);
});

test('a period below 2 is a mistake', () => {
  expect(() => stl(new Float64Array(10), { period: 1 })).toThrow(RangeError);
});
