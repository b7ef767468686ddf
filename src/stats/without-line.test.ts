import { expect, test } from 'vitest';
import { clip, levelled } from './without-line.ts';

test('spikes and gaps do not bend the line that is taken off', () => {
  const values = Float64Array.from({ length: 240 }, (_, index) => 5 + 0.5 * index);
  for (const index of [3, 50, 51, 200]) values[index] = 1e6;
  values.fill(Number.NaN, 100, 120);
  const rest = levelled(values) ?? new Float64Array(0);
  expect(rest.filter((value) => Math.abs(value) < 1e-9).length).toBe(240 - 20 - 4);
  expect(rest[110]).toBeNaN();
});

test('wild values are limited to eight sigmas, or deviations where most values are one', () => {
  const values = Float64Array.of(-1, 0, 1, -1, 1, 1000, Number.NaN);
  clip(values);
  expect(values[5]).toBeCloseTo(8 * 1.4826 * 1, 3);
  const rare = Float64Array.of(0, 0, 0, 0, 0, 7);
  clip(rare);
  expect(rare[5]).toBe(7);
});

test.each([
  ['a constant', new Float64Array(50).fill(3)],
  ['eleven values', Float64Array.from({ length: 11 }, (_, index) => index)],
  ['nothing', new Float64Array(0)],
])('there is no shape in %s', (_, values) => {
  expect(levelled(values)).toBeUndefined();
});
