import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { createRng } from '#stats/rng.ts';
import type { ParamValues } from './contract.ts';
import { emptySeries } from './rolling-scorer.ts';
import { sarima } from './sarima.ts';
import { DAY_MS } from './season-buckets.ts';
import { scorerOf } from './test-series.ts';

const HOUR_MS = 3_600_000;

/** Steps a point each `stepMs`, and hands out what was said of each. */
function step(values: Float64Array, stepMs: number, given: ParamValues = {}) {
  const { online } = scorerOf(sarima, given, stepMs);
  const state = online.start(emptySeries(stepMs));
  return Array.from(values, (value, index) => {
    const out = emptyScore();
    online.step(state, index * stepMs, value, out);
    return out;
  });
}

/** Root mean square of value − expected from a point on. */
function errorOf(values: Float64Array, scores: readonly { expected: number }[], from: number): number {
  const errors = scores.slice(from).map(({ expected }, index) => (values[from + index] ?? Number.NaN) - expected);
  const known = errors.filter((error) => !Number.isNaN(error));
  return Math.sqrt(known.reduce((sum, error) => sum + error * error, 0) / known.length);
}

test('a series that leans on its last two points is foretold to its noise', () => {
  const rng = createRng(1);
  const values = new Float64Array(3000);
  for (let index = 2; index < values.length; index++) {
    values[index] = 1.3 * (values[index - 1] ?? 0) - 0.6 * (values[index - 2] ?? 0) + rng.normal();
  }
  const scores = step(
    values.map((value) => 500 + 10 * value),
    60_000,
  );
  const off = errorOf(
    values.map((value) => 500 + 10 * value),
    scores,
    500,
  );
  expect(off).toBeLessThan(10.4);
  const { upper = 0, lower = 0 } = scores.at(-1) ?? {};
  expect((upper - lower) / 6).toBeCloseTo(10, -1);
});

/** Hours of days that are alike but for noise, on a level that wanders. */
function daysOf(days: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const shape = Float64Array.from({ length: 24 }, () => 20 * rng.normal());
  let level = 100;
  return Float64Array.from({ length: 24 * days }, (_, hour) => {
    level += 0.1 * rng.normal();
    return level + (shape[hour % 24] ?? 0) + rng.normal();
  });
}

test('a season is found when there are more than two of them, and then it is told from a fault', () => {
  const values = daysOf(20, 2);
  values[24 * 18 + 5] = (values[24 * 18 + 5] ?? 0) + 12;
  const scores = step(values, HOUR_MS, { windowMs: 10 * DAY_MS });
  expect(errorOf(values.subarray(0, 36), scores, 24)).toBeGreaterThan(8);
  expect(errorOf(values.subarray(0, 24 * 18), scores, 24 * 10)).toBeLessThan(1.7);
  expect(scores[24 * 18 + 5]?.score).toBeGreaterThan(5);
});

test('after a gap the season still stands at its hour', () => {
  const values = daysOf(20, 3);
  values.fill(Number.NaN, 24 * 15 + 3, 24 * 15 + 10);
  const scores = step(values, HOUR_MS, { windowMs: 10 * DAY_MS });
  expect(errorOf(values, scores, 24 * 15)).toBeLessThan(2);
});

test('of ten days of noise 0.1 to 0.6 % lies beyond ±3', () => {
  let beyond = 0;
  const count = (10 * DAY_MS) / 300_000;
  for (let seed = 0; seed < 10; seed++) {
    const rng = createRng(seed);
    const scores = step(
      Float64Array.from({ length: count }, () => rng.normal()),
      300_000,
    );
    beyond += scores.filter(({ score }) => Math.abs(score) > 3).length;
  }
  expect(beyond / (10 * count)).toBeGreaterThan(0.001);
  expect(beyond / (10 * count)).toBeLessThan(0.006);
});

test('a level that jumps is followed, and no model of the jump stays', () => {
  const rng = createRng(4);
  const values = Float64Array.from({ length: 4000 }, (_, index) => (index < 2000 ? 0 : 50) + rng.normal());
  const scores = step(values, 60_000);
  expect(scores[2000]?.score).toBeGreaterThan(10);
  expect(errorOf(values, scores, 3000)).toBeLessThan(1.3);
});

test('its state is two numbers a point of the window and two a part of the period', () => {
  expect(scorerOf(sarima).online.start(emptySeries(60_000))).toHaveLength(2 * 4320 + 2 * 1440 + 28);
});
