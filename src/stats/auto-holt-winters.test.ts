import { expect, test } from 'vitest';
import { autoHoltWinters, forecastHoltWinters } from './auto-holt-winters.ts';
import { createRng } from './rng.ts';

const SHAPE = Float64Array.from({ length: 12 }, (_, phase) => 10 * Math.sin((2 * Math.PI * phase) / 12));

function series(length: number, at: (index: number) => number, seed = 1): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, (_, index) => at(index) + rng.normal());
}

/** Mean distance of the next 24 from what is foretold. */
function offAfter(values: Float64Array, at: (index: number) => number, period: number): number {
  const model = autoHoltWinters(values, period);
  if (model === undefined) throw new Error('too short');
  const forecast = forecastHoltWinters(model, 24);
  return forecast.reduce((sum, value, index) => sum + Math.abs(value - at(values.length + index)) / 24, 0);
}

test.each([
  ['a level', () => 50, 0, 1],
  ['a season', (index: number) => 50 + (SHAPE[index % 12] ?? 0), 12, 1],
  ['a trend and a season', (index: number) => 50 + 0.3 * index + (SHAPE[index % 12] ?? 0), 12, 1],
  ['a season that grows with its level', (index: number) => (50 + index) * (1 + (SHAPE[index % 12] ?? 0) / 20), 12, 3],
])('%s is foretold nearly to its noise', (_, at, period, most) => {
  expect(offAfter(series(240, at), at, period)).toBeLessThan(most);
});

test('a season is multiplied where it grows, and added where it does not', () => {
  const grows = series(240, (index) => (50 + index) * (1 + (SHAPE[index % 12] ?? 0) / 20));
  expect(autoHoltWinters(grows, 12)?.isLogarithmic).toBe(true);
  const stays = series(240, (index) => 100 + (SHAPE[index % 12] ?? 0));
  expect(autoHoltWinters(stays, 12)?.isLogarithmic).toBe(false);
});

test('without a season there is none, a walk has a large share, and few points say nothing', () => {
  const noise = autoHoltWinters(
    series(240, () => 0),
    12,
  );
  expect(noise?.state.seasonal).toHaveLength(0);
  const rng = createRng(2);
  let level = 0;
  const walk = Float64Array.from({ length: 400 }, () => {
    level += rng.normal();
    return level;
  });
  expect(autoHoltWinters(walk, 0)?.parameters.level).toBeGreaterThan(0.8);
  expect(autoHoltWinters(new Float64Array(9), 0)).toBeUndefined();
});
