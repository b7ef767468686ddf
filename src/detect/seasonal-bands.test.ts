import { describe, expect, test } from 'vitest';
import { createLocalTime } from '#model/local-time.ts';
import { emptyScore, type Score } from '#model/score.ts';
import { createRng } from '#stats/rng.ts';
import type { ParamValues } from './contract.ts';
import { emptySeries } from './rolling-scorer.ts';
import { DAY_MS } from './season-buckets.ts';
import { seasonalBands } from './seasonal-bands.ts';
import { scorerOf } from './test-series.ts';

const STEP_MS = 300_000;
const A_DAY = DAY_MS / STEP_MS;
type Shape = (index: number, normal: number) => number;

/** Scores of a point each five minutes; the first day is a Thursday (1 January 1970). */
function scoresOf(days: number, shape: Shape, given: ParamValues = {}, seed = 1): Score[] {
  const { online } = scorerOf(seasonalBands, given, STEP_MS);
  const rng = createRng(seed);
  const state = online.start(emptySeries(STEP_MS));
  return Array.from({ length: days * A_DAY }, (_, index) => {
    const out = emptyScore();
    online.step(state, index * STEP_MS, shape(index, rng.normal()), out);
    return out;
  });
}

const noon = (index: number) => Math.cos((2 * Math.PI * index) / A_DAY);
const daily: Shape = (index, normal) => 100 - 30 * noon(index) + normal;
const isWeekend = (index: number) => [2, 3].includes(Math.floor(index / A_DAY) % 7);
const rmsOf = (scores: readonly Score[], shape: Shape) =>
  Math.sqrt(scores.reduce((sum, { expected }, at) => sum + (expected - shape(at, 0)) ** 2, 0) / scores.length);

test('after a day it expects the season, and knows it better with each', () => {
  const scores = scoresOf(15, daily);
  const off = (day: number) => rmsOf(scores.slice(day * A_DAY, (day + 1) * A_DAY), (at) => daily(at, 0));
  expect(off(1)).toBeLessThan(1.5);
  expect(off(14)).toBeLessThan(0.9);
  const band = scores.at(-1);
  expect(((band?.upper ?? 0) - (band?.lower ?? 0)) / 6).toBeLessThan(1.5);
});

test('the usual noon is no anomaly, the same value at midnight is', () => {
  const last = (index: number, value: number) =>
    scoresOf(11, (at, normal) => (at === index ? value : daily(at, normal)))[index]?.score ?? Number.NaN;
  const [midnight, midday] = [10 * A_DAY, 10.5 * A_DAY];
  expect(Math.abs(last(midday, 130))).toBeLessThan(3);
  expect(last(midnight, 130)).toBeGreaterThan(15);
});

test('a level that moves for good is followed within hours, and the season stays', () => {
  const scores = scoresOf(14, (index, normal) => daily(index, normal) + (index > 12 * A_DAY ? 40 : 0));
  const late = scores.slice(13 * A_DAY);
  expect(rmsOf(late, (at) => daily(at, 0) + 40)).toBeLessThan(2);
});

test('hours that are noisy each day have a wider band', () => {
  const scores = scoresOf(20, (index, normal) => 50 + normal * (noon(index) < -0.8 ? 8 : 1));
  const width = (at: number) => (scores[at]?.upper ?? 0) - (scores[at]?.lower ?? 0);
  expect(width(19.5 * A_DAY) / width(19 * A_DAY)).toBeGreaterThan(4);
});

test('one bad day moves a bucket by little', () => {
  const bad = (index: number) => Math.floor(index / A_DAY) === 10 && noon(index) < -0.9;
  const scores = scoresOf(12, (index, normal) => daily(index, normal) + (bad(index) ? 200 : 0));
  const clean = scoresOf(12, daily);
  const at = 11.5 * A_DAY;
  expect(Math.abs((scores[at]?.expected ?? 0) - (clean[at]?.expected ?? 0))).toBeLessThan(3);
});

describe('the week', () => {
  const weekly: Shape = (index, normal) => (isWeekend(index) ? 70 : 100 - 30 * noon(index)) + normal;
  const off = (season: string) => {
    const scores = scoresOf(35, weekly, { season });
    return rmsOf(scores.slice(28 * A_DAY), (at) => weekly(at, 0));
  };

  test('as a season of its own, or beside the day, expects a quiet weekend where the day does not', () => {
    expect(off('day')).toBeGreaterThan(5);
    expect(off('week')).toBeLessThan(2);
    expect(off('both')).toBeLessThan(3);
  });

  test('the offset places its days', () => {
    const moved: Shape = (index, normal) => weekly(index + A_DAY / 2, normal);
    const given = { season: 'week', buckets: 4 };
    const last = (offsetMs: number) =>
      rmsOf(scoresOf(35, moved, { ...given, offsetMs }).slice(28 * A_DAY), (at) => moved(at, 0));
    expect(last(DAY_MS / 8)).not.toBe(last(0));
  });
});

test.each([{ season: 'day' }, { season: 'week' }, { season: 'both' }])(
  'over weeks of noise with a season, 0.1 to 0.6 percent lies beyond ±3: $season',
  (given) => {
    let beyond = 0;
    let scored = 0;
    for (let seed = 0; seed < 8; seed++) {
      for (const { score } of scoresOf(24, daily, given, seed).slice(9 * A_DAY)) {
        scored++;
        if (Math.abs(score) > 3) beyond++;
      }
    }
    expect(beyond / scored).toBeGreaterThan(0.001);
    expect(beyond / scored).toBeLessThan(0.006);
  },
);

test('its state is bounded: less than two kilobytes with the defaults, less than 24 with a season of a week', () => {
  const bytes = (given: ParamValues) => scorerOf(seasonalBands, given).online.start(emptySeries(60_000)).byteLength;
  expect(bytes({})).toBe(8 * (3 + 9 + 7 + 2 * 96));
  expect(bytes({ season: 'both' })).toBe(8 * (3 + 9 + 7 + 2 * 96 + 7 + 168));
  expect(bytes({ season: 'week' })).toBe(8 * (3 + 9 + 7 + 14 * 96));
});

describe('days of a week', () => {
  const startMs = Date.UTC(2026, 2, 2);
  /** Scores of an office’s traffic, busy from 8 to 18 on workdays of New York, whose clocks change on 8 March 2026. */
  function office(given: ParamValues) {
    const local = createLocalTime('America/New_York', []);
    const { online } = scorerOf(seasonalBands, given, STEP_MS);
    const rng = createRng(3);
    const state = online.start(emptySeries(STEP_MS));
    const out = emptyScore();
    let wrong = 0;
    for (let index = 0; index < 42 * A_DAY; index++) {
      const timeMs = startMs + index * STEP_MS;
      const localMs = local.at(timeMs);
      const hour = Math.floor(localMs / 3_600_000) % 24;
      const isBusy = hour >= 8 && hour < 18 && ![0, 6].includes(local.weekdayOf(Math.floor(localMs / DAY_MS)));
      online.step(state, timeMs, (isBusy ? 200 : 50) + 2 * rng.normal(), out);
      // From the second week on, which the change of clocks begins.
      if (index > 8 * A_DAY && Math.abs(out.score) > 6) wrong++;
    }
    return wrong;
  }

  test('by workday and time zone the hours of an office are no anomaly; by UTC they are, an hour of each day', () => {
    const known = office({ season: 'workday', timeZone: 'America/New_York', buckets: 24 });
    const unknown = office({ season: 'workday', buckets: 24 });
    expect(known).toBeLessThan(40);
    expect(unknown).toBeGreaterThan(3 * known);
  });
});
