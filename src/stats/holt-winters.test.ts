import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { holtWinters, holtWintersForecast } from './holt-winters.ts';

interface Case {
  readonly name: string;
  readonly params: Readonly<Record<string, number>>;
  readonly season: readonly number[];
  readonly trend: number;
  readonly expected: Column;
  readonly forecast: Column;
}

const golden = readGoldenFile<{ series: Readonly<Record<string, Column>>; holtWinters: Case[] }>('state-space');
const whole = numbers(golden.series.whole ?? []);

test.each(golden.holtWinters)('the model "$name" expects what statsmodels does, inside and beyond', (each) => {
  const damping = each.params.damping_trend ?? 1;
  const parameters = {
    level: each.params.smoothing_level ?? 0,
    trend: each.params.smoothing_trend ?? 0,
    seasonal: each.params.smoothing_seasonal ?? 0,
    damping,
  };
  const start = { level: 49, trend: each.trend, seasonal: Float64Array.from(each.season) };
  const { expected, state } = holtWinters(whole, parameters, start);
  expect(farthest(expected, numbers(each.expected))).toBeLessThan(1e-12);
  for (const [index, theirs] of numbers(each.forecast).entries()) {
    // For the phase of the last point statsmodels forecasts with the season as it was before that point.
    const isStale = index + 1 === each.season.length;
    const apart = Math.abs(holtWintersForecast(state, damping, index + 1) - theirs);
    if (isStale) expect(apart).toBeGreaterThan(1e-3);
    else expect(apart).toBeLessThan(1e-12);
  }
});

test('over a gap what was expected is carried on, and nothing is learned', () => {
  const parameters = { level: 0.5, trend: 0.2, seasonal: 0.3, damping: 0.9 };
  const start = { level: 10, trend: 1, seasonal: Float64Array.of(3, -3, 0) };
  const gaps = new Float64Array(7).fill(Number.NaN);
  const { expected, state } = holtWinters(gaps, parameters, start);
  const forecast = Float64Array.from(gaps, (_, index) => holtWintersForecast(start, 0.9, index + 1));
  expect(farthest(expected, forecast)).toBeLessThan(1e-14);
  expect(holtWintersForecast(state, 0.9, 1)).toBeCloseTo(holtWintersForecast(start, 0.9, 8), 12);
  expect([...start.seasonal]).toEqual([3, -3, 0]);
});

test('no values leave the start as it was', () => {
  const start = { level: 1, trend: 2, seasonal: Float64Array.of(1, -1) };
  expect(holtWinters(new Float64Array(0), { level: 1, trend: 1, seasonal: 1, damping: 1 }, start).state).toEqual(start);
});
