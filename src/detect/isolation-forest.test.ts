import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { isolationForest } from './isolation-forest.ts';
import { scorerOf, seriesFrom, stepAll } from './test-series.ts';

function noise(length: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 5 + rng.normal());
}
const largest = (scores: Float64Array) =>
  scores.reduce((most, score) => (Number.isNaN(score) ? most : Math.max(most, Math.abs(score))), 0);

test('a point that is far off is the oddest, with its sign', () => {
  const values = noise(400, 1);
  values[300] = -10;
  const { scores } = scorerOf(isolationForest, { width: 1 }).scorer.score(seriesFrom(values));
  expect(scores[300]).toBe(-largest(scores));
  expect(scores[300]).toBeLessThan(-2.7);
});

test('a stretch of an odd shape is odd, though each of its values is usual', () => {
  const values = noise(600, 2).map((value, index) => 10 * Math.sin(index / 6) + value / 5);
  // Half a turn that stands still, at a height that it passes twice a turn.
  values.fill(3, 300, 318);
  const stands = (width: number) => {
    const { scores } = scorerOf(isolationForest, { width }).scorer.score(seriesFrom(values));
    return Math.max(...scores.subarray(303, 318).map(Math.abs));
  };
  expect(stands(8)).toBeGreaterThan(2);
  expect(stands(8)).toBeGreaterThan(stands(1) + 1);
});

test('the seed says it all', () => {
  const series = seriesFrom(noise(200, 3));
  const scoresOf = (seed: number) => scorerOf(isolationForest, { seed }).scorer.score(series).scores;
  expect(scoresOf(7)).toEqual(scoresOf(7));
  expect(scoresOf(7)).not.toEqual(scoresOf(8));
});

test.each([1, 4])('of noise, in stretches of %d, 0.05 to 0.6 percent lies beyond ±3', (width) => {
  const { scorer } = scorerOf(isolationForest, { width });
  let beyond = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { scores } = scorer.score(seriesFrom(noise(500, seed)));
    beyond += scores.filter((score) => Math.abs(score) > 3).length / (40 * 500);
  }
  expect(beyond).toBeGreaterThan(0.0005);
  expect(beyond).toBeLessThan(0.006);
});

test('in a stream a stretch is scored at its newest point', () => {
  const scores = stepAll(isolationForest, [...noise(100, 5), 40], { windowMs: 3_600_000 });
  expect(scores.at(-1)?.score).toBeGreaterThan(2.5);
  expect(scores.at(-1)?.baselineCount).toBe(60);
});
