import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { wideningOfMean } from '#stats/small-sample.ts';
import { numbers, readGolden } from '../../test/reference/golden.ts';
import { rollingZScore } from './rolling-z-score.ts';
import { STEP_MS, stepAll } from './test-series.ts';

const few = { minPoints: 10, baselineMs: 10 * STEP_MS };

test('the score is the distance from the mean in widened sample deviations', () => {
  const score = stepAll(rollingZScore, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20], few).at(-1);
  const deviation = Math.sqrt(82.5 / 9);
  expect(score?.expected).toBe(5.5);
  expect(score?.score).toBeCloseTo(14.5 / (deviation * wideningOfMean(10)), 12);
});

test('what is expected is pandas’ rolling mean, one point earlier', () => {
  const { window, series } = readGolden();
  const given = { minPoints: window, baselineMs: window * STEP_MS };
  for (const name of ['noise', 'offset', 'spike', 'shift']) {
    const golden = series[name];
    if (golden === undefined || golden.values.includes(null)) continue;
    const scores = stepAll(rollingZScore, numbers(golden.values), given);
    for (let index = window; index < scores.length; index++) {
      const mean = golden.rollingMean[index - 1] ?? Number.NaN;
      expect(Math.abs((scores[index]?.expected ?? Number.NaN) - mean)).toBeLessThan(1e-9 * Math.abs(mean));
    }
  }
});

test('an offset of 1e9 changes nothing but the rounding of the values themselves', () => {
  const rng = createRng(3);
  // Whole numbers: adding 1e9 to them is exact.
  const values = Float64Array.from({ length: 500 }, () => Math.round(1000 * rng.normal()));
  const plain = stepAll(rollingZScore, values);
  const offset = stepAll(
    rollingZScore,
    values.map((value) => value + 1e9),
  );
  for (const [index, { score }] of plain.entries()) {
    if (Number.isNaN(score)) continue;
    expect(offset[index]?.score).toBeCloseTo(score, 6);
  }
});
