import { expect, test } from 'vitest';
import { normalQuantile } from '#stats/normal.ts';
import { createRng } from '#stats/rng.ts';
import { emptySeries } from './rolling-scorer.ts';
import { slowTrend } from './slow-trend.ts';
import { STEP_MS, scorerOf, seriesFrom, stepAll } from './test-series.ts';

/** An hour of minutes in ten blocks of six. */
const HOUR = { windowMs: 60 * STEP_MS, blocks: 10 };
const A_DAY = 1440;

function noise(length: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 100 + rng.normal());
}
const lastOf = (values: ArrayLike<number>, given = {}) => stepAll(slowTrend, [...Array.from(values), 0], given).at(-1);

test('where neighbours are not alike it is the t of a slope, as a normal’s sigmas', () => {
  // The first of Anscombe's quartet (1973), in the order of its x: slope 0.500, standard error 0.118, p 0.00217.
  const values = [4.26, 5.68, 7.24, 4.82, 6.95, 8.81, 8.04, 8.33, 10.84, 7.58, 9.96];
  const stepMs = 360_000;
  const { scorer } = scorerOf(slowTrend, { windowMs: 11 * stepMs, blocks: 11 }, stepMs);
  const { scores, expected, upper } = scorer.score({ ...seriesFrom([...values, 0]), stepMs });
  expect(scores[11]).toBeCloseTo(-normalQuantile(0.00217 / 2), 3);
  expect(expected[11]).toBeCloseTo(7.5, 2);
  expect(((upper[11] ?? 0) - 7.5) / 3 / 5).toBeCloseTo(0.118, 3);
});

test('a memory that fills by a fifth of its noise a day is told within the week, with its sign', () => {
  const values = noise(7 * A_DAY, 1);
  const creeping = (slope: number) => values.map((value, index) => value + (slope * index) / A_DAY);
  expect(lastOf(creeping(0.2))?.score).toBeGreaterThan(6);
  expect(lastOf(creeping(-0.2))?.score).toBeLessThan(-6);
  expect(Math.abs(lastOf(values)?.score ?? 9)).toBeLessThan(3);
});

test('what repeats each day is no trend', () => {
  const values = noise(7 * A_DAY, 2).map((value, index) => value + 30 * Math.sin((2 * Math.PI * index) / A_DAY));
  const scores = stepAll(slowTrend, values);
  for (const { score } of scores.slice(5 * A_DAY)) expect(Math.abs(score)).toBeLessThan(3);
});

test('a single point says nothing', () => {
  const values = noise(200, 3);
  const wild = [...values, 1e6];
  expect(lastOf(wild.slice(0, 200), HOUR)?.score).toBe(stepAll(slowTrend, wild, HOUR).at(-1)?.score);
});

test('of normal noise 0.05 to 0.6 % of scores lie beyond ±3: neighbours that are alike by chance make it shyer', () => {
  const { scorer } = scorerOf(slowTrend, HOUR);
  let beyond = 0;
  const tries = 20_000;
  for (let seed = 0; seed < tries; seed++) {
    if (Math.abs(scorer.score(seriesFrom(noise(61, seed))).scores[60] ?? 9) > 3) beyond++;
  }
  expect(beyond / tries).toBeGreaterThan(0.0005);
  expect(beyond / tries).toBeLessThan(0.006);
});

test('noise with a memory is not taken for a trend much more often', () => {
  const { scorer } = scorerOf(slowTrend, { windowMs: 3_600_000, blocks: 56 });
  let beyond = 0;
  for (let seed = 0; seed < 2000; seed++) {
    const values = noise(61, seed);
    for (let index = 1; index < 61; index++)
      values[index] = 0.5 * (values[index - 1] as number) + (values[index] as number);
    if (Math.abs(scorer.score(seriesFrom(values)).scores[60] ?? 9) > 3) beyond++;
  }
  expect(beyond / 2000).toBeLessThan(0.03);
});

test('its state is a number a block and ten', () => {
  expect(scorerOf(slowTrend).online.start(emptySeries(STEP_MS))).toHaveLength(56 + 10);
});
