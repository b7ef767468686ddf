import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { createRng } from '#stats/rng.ts';
import type { ParamValues } from './contract.ts';
import { differencing } from './differencing.ts';
import { emptySeries } from './rolling-scorer.ts';
import { DAY_MS } from './season-buckets.ts';
import { STEP_MS, scorerOf, stepAll } from './test-series.ts';

const A_DAY = DAY_MS / STEP_MS;
const rng = createRng(9);
const wandering = new Float64Array(3 * A_DAY);
for (let index = 1; index < wandering.length; index++) {
  wandering[index] = (wandering[index - 1] as number) + rng.normal();
}
const daily = Float64Array.from(
  { length: 4 * A_DAY },
  (_, index) => 100 * Math.sin((2 * Math.PI * index) / A_DAY) + rng.normal(),
);

/** Steps points at these times. */
function stepAt(times: readonly number[], values: readonly number[], given: ParamValues) {
  const { online } = scorerOf(differencing, given);
  const state = online.start(emptySeries(STEP_MS));
  return times.map((timeMs, index) => {
    const out = emptyScore();
    online.step(state, timeMs, values[index] as number, out);
    return out;
  });
}

test('of a series that wanders it scores the steps, as normal ones', () => {
  const scores = stepAll(differencing, wandering).slice(100);
  const beyond = scores.filter(({ score }) => Math.abs(score) > 3).length / scores.length;
  expect(beyond).toBeGreaterThan(0.001);
  expect(beyond).toBeLessThan(0.006);
  expect(scores.at(-1)?.expected).toBe(wandering.at(-2));
});

test('a jump scores, and so does the way back', () => {
  const values = wandering.slice(0, 2000);
  values[1500] = (values[1499] as number) + 20;
  const scores = stepAll(differencing, values);
  expect(scores[1500]?.score).toBeGreaterThan(15);
  expect(scores[1501]?.score).toBeLessThan(-15);
});

test('with a lag of a day it is compared with the same minute of the day before', () => {
  const scores = stepAll(differencing, daily, { lagMs: DAY_MS });
  expect(scores.slice(0, A_DAY + 8).every(({ score }) => Number.isNaN(score))).toBe(true);
  expect(scores[A_DAY + 9]?.score).not.toBeNaN();
  expect(scores.at(-1)?.expected).toBe(daily.at(-1 - A_DAY));
  const late = scores.slice(2 * A_DAY);
  const beyond = late.filter(({ score }) => Math.abs(score) > 3).length / late.length;
  expect(beyond).toBeGreaterThan(0.001);
  expect(beyond).toBeLessThan(0.006);
});

test('where nothing was a lag ago there is no score, and what is older does not stand in', () => {
  const times = Array.from({ length: 4 * A_DAY }, (_, index) => index * STEP_MS);
  const kept = times.filter((_, index) => index < A_DAY + 100 || index >= A_DAY + 200);
  const scores = stepAt(
    kept,
    Array.from(kept, (timeMs) => daily[timeMs / STEP_MS] as number),
    { lagMs: DAY_MS },
  );
  const scoreOf = (minute: number) => scores[kept.indexOf(minute * STEP_MS)]?.score;
  expect(scoreOf(2 * A_DAY + 150)).toBeNaN();
  expect(scoreOf(2 * A_DAY + 250)).not.toBeNaN();
  expect(scoreOf(3 * A_DAY + 150)).not.toBeNaN();
});

test('times a little off the dot are the same minute', () => {
  const times = Array.from({ length: 2 * A_DAY }, (_, index) => index * STEP_MS + (index % 7) * 1000);
  const scores = stepAt(times, [...daily], { lagMs: DAY_MS });
  expect(scores.at(-1)?.expected).toBe(daily[A_DAY - 1]);
});

test('its state is bounded, however long the lag and dense the points', () => {
  const length = (lagMs: number, stepMs = STEP_MS) =>
    scorerOf(differencing, { lagMs }, stepMs).online.start(emptySeries(stepMs)).length;
  expect(length(0)).toBe(7);
  expect(length(DAY_MS)).toBe(7 + 2 * A_DAY);
  expect(length(30 * DAY_MS, 1000)).toBe(7 + 2 * 2880);
});
