import { describe, expect, test } from 'vitest';
import { findPeriods } from './periods.ts';
import { createRng, type Rng } from './rng.ts';

const SEEDS = 30;
const TURN = 2 * Math.PI;

/** A series of `length` points; `shape` gives what is there before the noise of one sigma. */
type Make = (rng: Rng) => Float64Array;
const noisy =
  (length: number, shape: (index: number) => number, spoil?: (values: Float64Array, rng: Rng) => void): Make =>
  (rng) => {
    const values = Float64Array.from({ length }, (_, index) => shape(index) + rng.normal());
    spoil?.(values, rng);
    return values;
  };
/** s[t] = keep · s[t − 1] + noise. */
const chained =
  (length: number, keep: number): Make =>
  (rng) => {
    let state = 0;
    return Float64Array.from({ length }, () => {
      state = keep * state + rng.normal();
      return state;
    });
  };
const wave = (height: number, period: number) => (index: number) => height * Math.sin((TURN * index) / period);
/** Quiet nights, a round day, and a peak in the evening. */
const day = (index: number, period: number) => {
  const phase = (index % period) / period;
  return Math.max(0, Math.sin(TURN * (phase - 0.25))) + 0.5 * Math.exp(-(((phase - 0.8) / 0.05) ** 2));
};

function makeGaps(values: Float64Array, rng: Rng): void {
  for (let index = 0; index < values.length; index++) if (rng.uniform() < 0.1) values[index] = Number.NaN;
  const from = Math.floor(rng.uniform() * values.length * 0.8);
  values.fill(Number.NaN, from, from + values.length * 0.08);
}

function makeSpikes(values: Float64Array, rng: Rng): void {
  for (const [index, value] of values.entries()) if (rng.uniform() < 0.02) values[index] = value + 50 * rng.normal();
}

function makeWalk(values: Float64Array, rng: Rng): void {
  let sum = 0;
  for (const [index, value] of values.entries()) {
    sum += rng.normal();
    values[index] = value + sum;
  }
}

/** How many of the seeds' series have all of `wanted` (within a point or 2 %), and how many have another period. */
function judge(make: Make, wanted: readonly number[]): { hits: number; extra: number } {
  let hits = 0;
  let extra = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const found = findPeriods(make(createRng(seed))).map(({ points }) => points);
    const near = (a: number, b: number) => Math.abs(a - b) <= Math.max(1, 0.02 * b);
    if (wanted.every((want) => found.some((points) => near(points, want)))) hits++;
    if (found.some((points) => !wanted.some((want) => near(points, want)))) extra++;
  }
  return { hits: hits / SEEDS, extra: extra / SEEDS };
}

const KNOWN: readonly [string, readonly number[], number, Make][] = [
  ['a wave as strong as its noise, ten times', [24], 1, noisy(240, wave(1.4, 24))],
  ['a weak wave, twenty times', [24], 0.9, noisy(480, wave(0.7, 24))],
  ['a clear wave, three times', [24], 0.9, noisy(80, wave(4, 24))],
  ['a wave on a steep trend', [24], 1, noisy(480, (index) => 0.05 * index + wave(1.4, 24)(index))],
  ['a wave with gaps', [24], 0.95, noisy(480, wave(1.4, 24), makeGaps)],
  [
    'a wave of which half is missing in one piece',
    [24],
    0.9,
    noisy(480, wave(2, 24), (v) => v.fill(Number.NaN, 130, 370)),
  ],
  ['a wave with wild spikes', [24], 0.9, noisy(480, wave(1.4, 24), makeSpikes)],
  ['a wave on a random walk', [24], 0.7, noisy(480, wave(4, 24), makeWalk)],
  ['a week of days', [288], 1, noisy(2016, (index) => 3 * day(index, 288))],
  ['a job that takes one minute an hour', [60], 0.9, noisy(1440, (index) => (index % 60 === 7 ? 10 : 0))],
  ['a saw of a prime length', [97], 1, noisy(1000, (index) => (index % 97) / 20)],
  ['a square', [50], 1, noisy(700, (index) => (index % 50 < 25 ? 2 : 0))],
  ['every other point', [2], 1, noisy(300, (index) => 2 * (index % 2))],
  ['seven points and a half', [15], 1, noisy(600, wave(2, 7.5))],
  ['two that have nothing in common', [24, 33], 0.95, noisy(1000, (i) => wave(1.4, 24)(i) + wave(1.4, 33)(i))],
  ['a quarter day and the day', [288, 12], 0.9, noisy(2016, (i) => 3 * day(i, 288) + (i % 12 < 2 ? 3 : 0))],
  ['days and weeks', [24, 168], 0.9, noisy(840, (index) => day(index, 24) * (index % 168 < 120 ? 16 : 6))],
];

describe('known periods are found, and no others', () => {
  test.each(KNOWN)('%s', (_, wanted, least, make) => {
    const { hits, extra } = judge(make, wanted);
    expect(hits).toBeGreaterThanOrEqual(least);
    expect(extra).toBeLessThanOrEqual(0.1);
  });
});

const UNKNOWN: readonly [string, Make][] = [
  ['white noise', noisy(500, () => 0)],
  ['long white noise', noisy(3000, () => 0)],
  ['a random walk', chained(300, 1)],
  ['a long random walk', chained(1440, 1)],
  ['AR(1) of 0.5', chained(300, 0.5)],
  ['AR(1) of 0.9', chained(300, 0.9)],
  ['long AR(1) of 0.98', chained(1440, 0.98)],
  ['one spike in noise', noisy(500, (index) => (index === 200 ? 1000 : 0))],
  ['a step', noisy(600, (index) => (index > 250 ? 10 : 0))],
  ['a trend', noisy(600, (index) => 0.1 * index)],
  ['a hump', noisy(600, (index) => 10 * Math.exp(-(((index - 300) / 80) ** 2)))],
];

test.each(UNKNOWN)('%s has no period, 19 times in 20', (_, make) => {
  expect(judge(make, []).extra).toBeLessThanOrEqual(0.05);
});

test.each([
  ['nothing', new Float64Array(0)],
  ['too few values', Float64Array.from({ length: 11 }, (_, index) => index % 2)],
  ['gaps alone', new Float64Array(100).fill(Number.NaN)],
  ['a constant', new Float64Array(500).fill(0.1)],
  ['a constant with one spike', Float64Array.from({ length: 500 }, (_, index) => (index === 200 ? 100 : 0))],
  ['a constant with two spikes', Float64Array.from({ length: 500 }, (_, index) => (index % 200 === 100 ? 100 : 0))],
])('%s has no period', (_, values) => {
  expect(findPeriods(values)).toEqual([]);
});

test('what comes back without noise has a strength of 1, and scale and offset are no matter', () => {
  const spikes = Float64Array.from({ length: 1440 }, (_, index) => (index % 60 === 7 ? 1 : 0));
  for (const scale of [1, 1e-9, 1e9]) {
    const [period, ...others] = findPeriods(spikes.map((value) => scale * (value + 1)));
    expect(period?.points).toBe(60);
    expect(period?.strength).toBeGreaterThan(0.99);
    expect(others).toEqual([]);
  }
});

test('strength falls with noise, and stays in its range', () => {
  const strengthAt = (height: number) => findPeriods(noisy(480, wave(height, 24))(createRng(3)))[0]?.strength ?? 0;
  const strengths = [0.7, 1.4, 3, 10].map(strengthAt);
  expect(strengths).toEqual(strengths.toSorted((a, b) => a - b));
  expect(strengths.every((strength) => strength > 0 && strength <= 1)).toBe(true);
  // A wave of 1.4 has the variance of its noise.
  expect(strengths[1]).toBeGreaterThan(0.35);
  expect(strengths[1]).toBeLessThan(0.6);
});

test('a natural length near the one found is preferred, and limits are kept', () => {
  const values = noisy(1000, (index) => 3 * day(index, 288))(createRng(5));
  expect(findPeriods(values, { natural: [60, 288] }).map(({ points }) => points)).toEqual([288]);
  expect(findPeriods(values, { natural: [287] }).map(({ points }) => points)).toEqual([287]);
  expect(findPeriods(values, { least: 300 })).toEqual([]);
  const two = noisy(1000, (index) => wave(1.4, 24)(index) + wave(1.4, 33)(index))(createRng(5));
  expect(findPeriods(two, { count: 1 }).length).toBe(1);
});
