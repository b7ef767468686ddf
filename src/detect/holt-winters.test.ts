import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { holtWinters as reference } from '#stats/holt-winters.ts';
import { createRng } from '#stats/rng.ts';
import type { ParamValues } from './contract.ts';
import { holtWinters } from './holt-winters.ts';
import { emptySeries } from './rolling-scorer.ts';
import { DAY_MS } from './season-buckets.ts';
import { scorerOf } from './test-series.ts';

const HOUR_MS = 3_600_000;
const shape = (hour: number) => 100 + 0.05 * hour + 20 * Math.sin((2 * Math.PI * hour) / 24);

/** Steps a point an hour, and hands out the state after so many. */
function stepHours(values: Float64Array, given: ParamValues = {}, until = values.length) {
  const { online } = scorerOf(holtWinters, given, HOUR_MS);
  const state = online.start(emptySeries(HOUR_MS));
  const scores = Array.from(values.subarray(0, until), (value, hour) => {
    const out = emptyScore();
    online.step(state, hour * HOUR_MS, value, out);
    return out;
  });
  return { scores, state };
}

function hoursOf(days: number, seed = 2): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: 24 * days }, (_, hour) => shape(hour) + rng.normal());
}

test('once its shares have settled it expects what the plain recurrences expect from the same state', () => {
  const given = { level: 0.3, trend: 0.05, seasonal: 0.5, damping: 0.9, buckets: 24 };
  const values = hoursOf(30);
  const before = 24 * 20;
  const { state } = stepHours(values, given, before);
  // Level, trend, three of the spread, seven of the season's head (its third is the error of the visit under way).
  const seasonal = state.slice(15, 39);
  seasonal[23] = (seasonal[23] ?? Number.NaN) + 0.5 * (state[10] ?? Number.NaN);
  const start = { level: state[3] ?? Number.NaN, trend: state[4] ?? Number.NaN, seasonal };
  const { expected } = reference(values.slice(before), given, start);
  const { scores } = stepHours(values, given);
  for (const [index, value] of expected.entries()) {
    expect(scores[before + index]?.expected).toBeCloseTo(value, 9);
  }
});

test('after a day it knows the season, and a straight rise is followed', () => {
  const { scores } = stepHours(hoursOf(40));
  const off = (from: number, to: number) =>
    Math.sqrt(
      scores.slice(from, to).reduce((sum, { expected }, at) => sum + (expected - shape(from + at)) ** 2, 0) /
        (to - from),
    );
  expect(off(24 * 2, 24 * 3)).toBeLessThan(4);
  expect(off(24 * 30, 24 * 40)).toBeLessThan(1.5);
  const last = scores.at(-1);
  expect(((last?.upper ?? 0) - (last?.lower ?? 0)) / 6).toBeLessThan(2.2);
});

test('of ten days of noise 0.1 to 0.6 % lies beyond ±3', () => {
  const stepMs = 300_000;
  const { online } = scorerOf(holtWinters, {}, stepMs);
  const out = emptyScore();
  let beyond = 0;
  for (let seed = 0; seed < 10; seed++) {
    const rng = createRng(seed);
    const state = online.start(emptySeries(stepMs));
    for (let index = 0; index < (10 * DAY_MS) / stepMs; index++) {
      online.step(state, index * stepMs, rng.normal(), out);
      if (Math.abs(out.score) > 3) beyond++;
    }
  }
  const share = beyond / (10 * 10 * (DAY_MS / stepMs));
  expect(share).toBeGreaterThan(0.001);
  expect(share).toBeLessThan(0.006);
});

test('a drop that lasts keeps its score longer than the level’s half-life would hide', () => {
  const values = hoursOf(20);
  for (let hour = 24 * 18; hour < 24 * 18 + 6; hour++) values[hour] = 20;
  const { scores } = stepHours(values);
  for (let hour = 24 * 18; hour < 24 * 18 + 6; hour++) expect(scores[hour]?.score).toBeLessThan(-8);
});

test('its state is a number a bucket and fifteen', () => {
  expect(scorerOf(holtWinters).online.start(emptySeries(60_000))).toHaveLength(96 + 15);
});
