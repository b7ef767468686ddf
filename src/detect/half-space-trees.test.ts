import { describe, expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { halfSpaceTrees } from './half-space-trees.ts';
import { emptySeries } from './rolling-scorer.ts';
import { STEP_MS, scorerOf, seriesFrom, stepAll } from './test-series.ts';

const HOUR = 3_600_000;

function noise(length: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 5 + rng.normal());
}

const scoresOf = (values: ArrayLike<number>, given = {}) => stepAll(halfSpaceTrees, values, given);

test.each([1, -1])('stretches that are far off are odd, with the sign %d of their side', (sign) => {
  const scores = scoresOf([...noise(600, 1), ...noise(4, 2).map((value) => value + 20 * sign)]);
  const found = scores.map(({ score }) => score * sign);
  expect(found.at(-1)).toBeGreaterThan(4);
  expect(found.at(-1)).toBe(Math.max(...found.filter((score) => !Number.isNaN(score))));
});

test('a stretch of an odd shape is odd, though each of its values is usual', () => {
  const values = noise(900, 2).map((value, index) => value + (index % 2) * 10);
  // It no longer goes up and down.
  for (let index = 800; index < 806; index += 2) values[index] = values[index + 1] as number;
  const stands = (width: number) => {
    const found = scoresOf(values, { width }).slice(803, 806);
    return Math.min(...found.map(({ score }) => Math.abs(score)));
  };
  expect(stands(4)).toBeGreaterThan(2);
  expect(stands(4)).toBeGreaterThan(stands(1) + 1);
});

describe('windows', () => {
  // An hour has 60 points.
  const WINDOW = { width: 1, windowMs: HOUR };
  const baselines = scoresOf(noise(250, 3), WINDOW).map(({ baselineCount, baselineFromMs, baselineToMs }) => [
    baselineCount,
    baselineFromMs / STEP_MS,
    baselineToMs / STEP_MS,
  ]);

  test.each([
    ['no window before twenty points', 19, [0, Number.NaN, Number.NaN]],
    ['the first twenty', 20, [20, 0, 19]],
    ['still those', 39, [20, 0, 19]],
    ['the first forty', 40, [40, 0, 39]],
    ['the first hour, whole', 60, [60, 0, 59]],
    ['still that', 119, [60, 0, 59]],
    ['the second hour', 120, [60, 60, 119]],
    ['the third', 180, [60, 120, 179]],
  ])('%s', (_what, index, baseline) => {
    expect(baselines[index]).toEqual(baseline);
  });

  test('a window of stretches begins with the last points of the one before, so that none is left out', () => {
    const [, before, after] = [119, 122, 123].map(
      (index) => scoresOf(noise(250, 3), { width: 4, windowMs: HOUR })[index],
    );
    expect(before).toMatchObject({ baselineCount: 60, baselineFromMs: 3 * STEP_MS, baselineToMs: 62 * STEP_MS });
    expect(after).toMatchObject({ baselineCount: 60, baselineFromMs: 63 * STEP_MS, baselineToMs: 122 * STEP_MS });
  });

  test('what lasts is odd until a window of it has been seen, and then what was before is', () => {
    const values = noise(360, 4).map((value, index) => value + (index >= 120 && index < 300 ? 20 : 0));
    const scores = scoresOf(values, WINDOW).map(({ score }) => score);
    const oddIn = (from: number, to: number) => scores.slice(from, to).filter((score) => Math.abs(score) > 2.5).length;
    expect(oddIn(120, 180)).toBe(60);
    expect(oddIn(180, 300)).toBeLessThan(10);
    expect(oddIn(300, 360)).toBe(60);
    expect(scores[120]).toBeGreaterThan(0);
    expect(scores[300]).toBeLessThan(0);
  });
});

test('what is expected is the window’s median', () => {
  const values = Array.from({ length: 60 }, (_, index) => index);
  expect(scoresOf(values, { width: 1, windowMs: HOUR }).at(-1)?.expected).toBe(19.5);
});

test('the seed says it all', () => {
  const values = noise(200, 5);
  expect(scoresOf(values, { seed: 7 })).toEqual(scoresOf(values, { seed: 7 }));
  expect(scoresOf(values, { seed: 7 })).not.toEqual(scoresOf(values, { seed: 8 }));
});

test.each([1, 2, 3, 4, 5])('of noise 0.1 to 0.6 percent lies beyond ±3 with seed %d too', (seed) => {
  const { scorer } = scorerOf(halfSpaceTrees, { seed, windowMs: 4 * HOUR });
  let beyond = 0;
  for (let series = 0; series < 100; series++) {
    const { scores } = scorer.score(seriesFrom(noise(500, series)));
    beyond += scores.filter((score) => Math.abs(score) > 3).length / (100 * 500);
  }
  expect(beyond).toBeGreaterThan(0.001);
  expect(beyond).toBeLessThan(0.006);
});

test('dense points fill a window of 5000, sparse ones one of 20', () => {
  const sizes = [1000, HOUR * 24].map((stepMs) => {
    const { online } = scorerOf(halfSpaceTrees, { width: 1, trees: 5, height: 3 }, stepMs);
    return online.start(emptySeries(stepMs)).length;
  });
  // Values and measures, a head of nine, and sixteen masses a tree.
  expect(sizes).toEqual([9 + 2 * 5000 + 5 * 16, 9 + 2 * 20 + 5 * 16]);
});
