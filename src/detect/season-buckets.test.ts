import { describe, expect, test } from 'vitest';
import { createLocalTime } from '#model/local-time.ts';
import { createSeason, DAY_MS, type SeasonOptions, WEEK_MS } from './season-buckets.ts';

const HOUR_MS = 3_600_000;
const options: SeasonOptions = {
  at: 2,
  cycleMs: DAY_MS,
  buckets: 24,
  offsetMs: 0,
  stepMs: 900_000,
  share: 0.1,
  spreads: true,
};
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** The season after so many quarters of an hour of `drawn(hour of the day, day)`, about a level of 100. */
function after(quarters: number, drawn: (hour: number, day: number) => number, given: Partial<SeasonOptions> = {}) {
  const season = createSeason({ ...options, ...given });
  const state = new Float64Array(2 + season.size);
  let settled = 0;
  for (let index = 0; index < quarters; index++) {
    const timeMs = index * options.stepMs;
    const hour = Math.floor(index / 4) % 24;
    const value = drawn(hour, Math.floor(index / 96));
    if (Number.isNaN(value)) continue;
    if (season.learn(state, timeMs, value, value - 100 - season.at(state, timeMs), NO_LIMIT)) settled++;
  }
  return { at: (hour: number) => season.at(state, hour * HOUR_MS), season, state, settled };
}
const wave = (hour: number) => 100 + (hour - 11.5);

test('nothing is known before a whole cycle was seen; then it is the means of the buckets about 0', () => {
  expect(after(96, wave)).toMatchObject({ settled: 0 });
  expect(after(96, wave).at(3)).toBe(0);
  const known = after(97, wave);
  expect(known.settled).toBe(1);
  expect(known.season.isKnown(known.state)).toBe(true);
  for (const hour of [0, 3, 23]) expect(known.at(hour)).toBeCloseTo(hour - 11.5, 9);
  expect([...known.state.subarray(0, 2)]).toEqual([0, 0]);
});

test('a bucket moves once a visit, by half of what it was off, then a third, and never less than its share', () => {
  const changed = (days: number) => after(96 * days + 8, (hour, day) => wave(hour) + (hour === 0 && day > 0 ? 12 : 0));
  expect(changed(1).at(0)).toBeCloseTo(-11.5 + 6, 6);
  expect(changed(2).at(0)).toBeCloseTo(-11.5 + 6 + 2, 6);
  expect(changed(40).at(0)).toBeGreaterThan(-0.5);
  expect(changed(2).at(1)).toBeCloseTo(-10.5, 6);
});

test('no visit moves a bucket by more than the limit', () => {
  const season = createSeason({ ...options, at: 0 });
  const state = new Float64Array(season.size);
  for (let index = 0; index < 110; index++) season.learn(state, index * options.stepMs, 5, 40, 6);
  expect(season.at(state, HOUR_MS)).toBeCloseTo(3, 9);
});

test('a bucket that the first cycle missed is as the one before it; too many missing wait for another cycle', () => {
  const holes = after(97, (hour) => (hour >= 5 && hour < 8 ? Number.NaN : wave(hour)));
  expect(holes.at(7)).toBe(holes.at(4));
  expect(holes.at(8) - holes.at(4)).toBeCloseTo(4, 9);
  const half = (hour: number, day: number) => (hour < 12 - 3 * day ? Number.NaN : wave(hour));
  // From noon to noon there was too little; the next noon has it.
  expect(after(239, half).settled).toBe(0);
  expect(after(242, half).settled).toBe(1);
});

test('buckets are no narrower than the points are apart, and begin where the day does', () => {
  expect(createSeason({ ...options, stepMs: 2 * HOUR_MS }).size).toBe(createSeason({ ...options, buckets: 12 }).size);
  const moved = after(97, wave, { offsetMs: 2 * HOUR_MS, buckets: 2 });
  expect(moved.at(9)).toBe(moved.at(0));
  expect(moved.at(10)).not.toBe(moved.at(9));
  expect(moved.at(22)).toBe(moved.at(9));
});

test('a bucket’s own spread takes over from the common one as it is visited', () => {
  const noisy = (days: number) => {
    const { season, state } = after(96 * days + 1, (hour, day) => wave(hour) + (hour === 6 ? 8 * (-1) ** day : 0));
    return [6, 7].map((hour) => season.spreadAt(state, hour * HOUR_MS, 2));
  };
  expect(noisy(1)).toEqual([2, 2]);
  const [sixth = 0, seventh = 9] = noisy(30);
  expect(sixth).toBeGreaterThan(5);
  expect(seventh).toBeLessThan(0.5);
});

test('within says what a weighted mean holds of the season', () => {
  const { season, state } = after(97, wave);
  // The last bucket weighs nearly all, or all weigh the same.
  expect(season.within(state, DAY_MS, 60_000)).toBeCloseTo(11.5, 9);
  expect(season.within(state, DAY_MS, 1e15)).toBeCloseTo(0, 6);
});

test('times that go back, or before 1970, do no harm', () => {
  const { season, state } = after(200, wave);
  for (const timeMs of [-5 * DAY_MS, -1, 3]) {
    season.learn(state, timeMs, 100, 0, NO_LIMIT);
    expect(season.at(state, timeMs)).not.toBeNaN();
  }
});

describe('local time', () => {
  const berlin = createLocalTime('Europe/Berlin', [{ from: '2026-05-01', to: '2026-05-01' }]);
  const rush = (localHour: number) => (localHour === 8 ? 124 : 100);
  /** The season of weeks of hours of local time, from a Monday on, and what it adds at these moments. */
  function learnt(
    given: Partial<SeasonOptions>,
    from: string,
    weeks: number,
    drawn: (hour: number, day: number) => number,
  ) {
    const season = createSeason({ ...options, stepMs: HOUR_MS, local: berlin, at: 0, ...given });
    const state = new Float64Array(season.size);
    const startMs = Date.parse(from);
    for (let index = 0; index < weeks * 168; index++) {
      const timeMs = startMs + index * HOUR_MS;
      const localMs = berlin.at(timeMs);
      const value = drawn(Math.floor(localMs / HOUR_MS) % 24, Math.floor(localMs / DAY_MS));
      season.learn(state, timeMs, value, value - 100 - season.at(state, timeMs), NO_LIMIT);
    }
    return (time: string) => season.at(state, Date.parse(time));
  }

  test('an hour of the wall clock stays where it is when clocks change', () => {
    const at = learnt({}, '2026-03-16T00:00:00Z', 4, rush);
    const eights = ['2026-03-27T07:30:00Z', '2026-04-10T06:30:00Z'];
    const others = ['2026-03-27T06:30:00Z', '2026-04-10T07:30:00Z'];
    for (const time of eights) expect(at(time)).toBeGreaterThan(22);
    for (const time of others) expect(Math.abs(at(time))).toBeLessThan(2);
  });

  test('a holiday is a Sunday of the week', () => {
    const isSunday = (day: number) => berlin.weekdayOf(day) === 0;
    const week = { cycleMs: WEEK_MS, buckets: 168 };
    const at = learnt(week, '2026-04-06T00:00:00Z', 2, (hour, day) => (isSunday(day) ? 100 : rush(hour)));
    for (const date of ['2026-04-30', '2026-05-02']) expect(at(`${date}T06:30:00Z`)).toBeGreaterThan(22);
    for (const date of ['2026-05-01', '2026-05-03']) expect(Math.abs(at(`${date}T06:30:00Z`))).toBeLessThan(2);
  });

  test('days from Monday to Friday share their buckets, and so do days at weekends and holidays', () => {
    const workdays = { cycleMs: WEEK_MS, buckets: 48, isWorkdays: true };
    const isWeekend = (day: number) => [0, 6].includes(berlin.weekdayOf(day));
    const at = learnt(workdays, '2026-04-05T22:00:00Z', 2, (hour, day) => (isWeekend(day) ? 100 : rush(hour)));
    for (const date of ['2026-04-27', '2026-04-30']) expect(at(`${date}T06:30:00Z`)).toBeGreaterThan(22);
    for (const date of ['2026-05-01', '2026-05-02', '2026-05-03']) {
      expect(Math.abs(at(`${date}T06:30:00Z`))).toBeLessThan(2);
    }
  });
});
