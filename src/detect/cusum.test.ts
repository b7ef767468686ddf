import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import type { ParamValues } from './contract.ts';
import { cusum } from './cusum.ts';
import { emptySeries } from './rolling-scorer.ts';
import { scorerOf, stepAll } from './test-series.ts';

function noise(length: number, seed = 4): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 50 + 2 * rng.normal());
}
const scoresOf = (values: Float64Array, given: ParamValues = {}) =>
  stepAll(cusum, values, given).map(({ score }) => score);

test.each([1, -1])('a shift of 1.5 sigmas that lasts is found within the hour, with its sign: %d', (sign) => {
  const values = noise(2000);
  for (let index = 1900; index < 2000; index++) values[index] = (values[index] as number) + sign * 3;
  const scores = scoresOf(values);
  const found = scores.findIndex((score, index) => index >= 1900 && sign * score > 5);
  expect(found).toBeGreaterThan(1900);
  expect(found).toBeLessThan(1940);
  // Alone, no point was worth a look.
  expect(Math.max(...values.subarray(1900, found).map((value) => sign * (value - 50)))).toBeLessThan(3 + 3 * 2.6);
});

test('after the shift it falls back soon, because the sum has an end', () => {
  const values = noise(3000);
  for (let index = 1900; index < 1960; index++) values[index] = 58;
  const back = (most: number) => {
    const scores = scoresOf(values, { most });
    return scores.findIndex((score, index) => index >= 1960 && Math.abs(score) < 3) - 1960;
  };
  expect(back(25)).toBeLessThan(90);
  expect(back(200)).toBeGreaterThan(200);
});

test('one wild point scores far and leaves little behind', () => {
  const values = noise(2000);
  values[1900] = 500;
  const scores = scoresOf(values);
  expect(scores[1900]).toBeGreaterThan(10);
  expect(Math.abs(scores[1912] ?? 9)).toBeLessThan(3);
});

test.each([0.25, 0.5, 1, 2])(
  'with a reference of %d, 0.1 to 0.6 percent of weeks of noise lies beyond ±3',
  (reference) => {
    const scores = scoresOf(noise(200_000), { reference });
    const share = scores.filter((score) => Math.abs(score) > 3).length / scores.length;
    expect(share).toBeGreaterThan(0.001);
    expect(share).toBeLessThan(0.006);
  },
);

test('its state is eleven numbers', () => {
  expect(scorerOf(cusum).online.start(emptySeries(60_000))).toHaveLength(11);
});
