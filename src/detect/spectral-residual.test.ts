import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { spectralResidual } from './spectral-residual.ts';
import { scorerOf, seriesFrom, stepAll } from './test-series.ts';

function noise(length: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 5 + rng.normal());
}
const { scorer } = scorerOf(spectralResidual);
const rhythm = noise(1440, 1).map((value, index) => value + 30 * Math.sin(index / 20));

test('what breaks a rhythm is found where it is, though other points are higher', () => {
  const values = rhythm.slice();
  values[700] = (values[700] as number) + 12;
  const { scores } = scorer.score(seriesFrom(values));
  expect(scores.indexOf(Math.max(...scores))).toBe(700);
  expect(Math.max(...values)).toBeGreaterThan((values[700] as number) + 3);
});

test('of noise 0.1 to 0.6 % lies beyond ±3', () => {
  let beyond = 0;
  for (let seed = 0; seed < 100; seed++) {
    beyond += scorer.score(seriesFrom(noise(1440, seed))).scores.filter((score) => Math.abs(score) > 3).length;
  }
  expect(beyond / 144_000).toBeGreaterThan(0.001);
  expect(beyond / 144_000).toBeLessThan(0.006);
});

test('in a stream the newest point is scored, and missing ones are passed over', () => {
  const values = [...rhythm.subarray(0, 400)];
  const gappy = values.flatMap((value) => [value, Number.NaN]);
  const scores = stepAll(spectralResidual, [...gappy, 60], { windowMs: 7_200_000 });
  expect(scores.at(-1)?.score).toBeGreaterThan(4);
  expect(scores.at(-2)?.score).toBeNaN();
  expect(scores.at(-1)?.baselineCount).toBe(120);
});

test('fewer than twenty points have no score', () => {
  expect(scorer.score(seriesFrom(noise(19, 1))).scores.every(Number.isNaN)).toBe(true);
});
