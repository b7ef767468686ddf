import { describe, expect, test } from 'vitest';
import { FLAG } from '#model/score.ts';
import { planOf } from './engine/test-stream.ts';
import { evaluateGuards, explainGuards } from './guards.ts';

const BEYOND = FLAG.beyondThreshold;
const run = { points: 3, of: 3 };
const point = (value: number, expected: number, score: number, timeMs = 0, denominator = Number.NaN) => {
  return { timeMs, value, expected, score, denominator };
};

describe('a point is anomalous when its score is beyond the threshold and every guard lets it pass', () => {
  test.each([
    ['a score beyond the threshold', {}, 30, 10, 3.1, BEYOND],
    ['a score below it as well', {}, 1, 10, -3.1, BEYOND],
    ['not a score at the threshold itself', {}, 30, 10, 3, 0],
    ['not a point without a score', {}, 30, 10, Number.NaN, 0],
    ['not a missing value', {}, Number.NaN, 10, 9, FLAG.missing],
    ['not an infinite value', {}, Number.POSITIVE_INFINITY, 10, 9, FLAG.missing],
    ['not upwards where only below counts', { direction: 'below' }, 30, 10, 4, BEYOND | FLAG.failedDirection],
    ['not downwards where only above counts', { direction: 'above' }, 1, 10, -4, BEYOND | FLAG.failedDirection],
    ['at the least absolute deviation', { minAbsoluteDeviation: 20 }, 30, 10, 4, BEYOND],
    ['not short of it', { minAbsoluteDeviation: 20.1 }, 30, 10, 4, BEYOND | FLAG.failedAbsolute],
    ['at the least relative deviation', { minRelativeDeviation: 2 }, 30, 10, 4, BEYOND],
    ['not short of that', { minRelativeDeviation: 2.1 }, 30, 10, 4, BEYOND | FLAG.failedRelative],
    ['relative to the size of a negative expected value', { minRelativeDeviation: 1 }, -25, -10, -4, BEYOND],
    ['any deviation from an expected zero', { minRelativeDeviation: 5 }, 1e-9, 0, 4, BEYOND],
    ['not above the range', { range: { max: 20 } }, 30, 10, 4, BEYOND | FLAG.failedRange],
    ['not below the range', { range: { min: 5 } }, 1, 10, -4, BEYOND | FLAG.failedRange],
    ['at the range’s ends', { range: { min: 30, max: 30 } }, 30, 10, 4, BEYOND],
  ] as const)('%s', (_, guards, value, expected, score, flags) => {
    expect(evaluateGuards(planOf({ guards }), 0, value, expected, score)).toBe(flags);
  });

  test('several guards each leave their mark', () => {
    const plan = planOf({ guards: { direction: 'below', minAbsoluteDeviation: 100 } });
    expect(evaluateGuards(plan, 0, 30, 10, 4)).toBe(BEYOND | FLAG.failedDirection | FLAG.failedAbsolute);
  });
});

describe('the explanation', () => {
  test('has the figures of each guard that is on, and leaves out those that are off', () => {
    const guards = { minAbsoluteDeviation: 25, minRelativeDeviation: 1, range: { max: 40 } };
    expect(explainGuards(planOf({ guards }), point(30, 10, 4), run)).toEqual([
      { guard: 'direction', passed: true, limit: 'both', actual: 'above' },
      { guard: 'absolute', passed: false, limit: 25, actual: 20 },
      { guard: 'relative', passed: true, limit: 1, actual: 2 },
      { guard: 'range', passed: true, limit: '..40', actual: 30 },
      { guard: 'persistence', passed: true, limit: '3/3', actual: '3/3' },
    ]);
    expect(explainGuards(planOf(), point(30, 10, 4), run).map(({ guard }) => guard)).toEqual([
      'direction',
      'persistence',
    ]);
  });

  test('says within what distance it is back, where the finding waits for that', () => {
    const told = (room: number) => explainGuards(planOf(), point(30, 10, 4), run, room).at(-1);
    expect(told(6)).toEqual({ guard: 'ends', passed: true, limit: 6, actual: 20 });
    expect(told(20)).toMatchObject({ guard: 'ends', passed: false });
    expect(told(Number.NaN)).toMatchObject({ guard: 'persistence' });
  });

  test('says when it did not last', () => {
    const results = explainGuards(planOf(), point(30, 10, 4), { points: 2, of: 3 });
    expect(results).toContainEqual({ guard: 'persistence', passed: false, limit: '3/3', actual: '2/3' });
  });

  test('can be written as JSON where nothing was expected', () => {
    const results = explainGuards(planOf({ guards: { minRelativeDeviation: 1 } }), point(5, 0, 4), run);
    expect(results).toContainEqual({ guard: 'relative', passed: true, limit: 1, actual: '∞' });
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });
});

describe('a calendar', () => {
  const OFFICE = {
    timeZone: 'Europe/Berlin',
    active: [{ days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], from: '08:00', to: '18:00' }],
    quiet: [],
    holidays: [{ from: '--12-25', to: '--12-25' }],
    holidaysAre: 'sunday',
  } as const;
  const plan = planOf({ guards: { calendar: OFFICE } });
  const [friday, saturday] = [Date.parse('2026-11-27T08:30:00Z'), Date.parse('2026-11-28T08:30:00Z')];

  test('holds back what lies outside its windows, and nothing within', () => {
    expect(evaluateGuards(plan, friday, 30, 10, 4)).toBe(BEYOND);
    expect(evaluateGuards(plan, saturday, 30, 10, 4)).toBe(BEYOND | FLAG.failedCalendar);
    expect(evaluateGuards(plan, saturday, 30, 10, 2)).toBe(0);
  });

  test('tells the windows and the local time', () => {
    const limit = 'Mon–Fri 08:00–18:00 Europe/Berlin';
    expect(explainGuards(plan, point(30, 10, 4, friday), run)[1]).toEqual({
      ...{ guard: 'calendar', passed: true, limit, actual: 'Fri 09:30' },
    });
    expect(explainGuards(plan, point(30, 10, 4, saturday), run)[1]).toEqual({
      ...{ guard: 'calendar', passed: false, limit, actual: 'Sat 09:30' },
    });
  });
});

describe('a denominator', () => {
  const plan = planOf({ guards: { denominator: { metricName: 'requests', min: 5 } } });

  test('holds back a point with too little beneath it, or with nothing known', () => {
    expect(evaluateGuards(plan, 0, 30, 10, 4, 5)).toBe(BEYOND);
    expect(evaluateGuards(plan, 0, 30, 10, 4, 4.9)).toBe(BEYOND | FLAG.failedDenominator);
    expect(evaluateGuards(plan, 0, 30, 10, 4)).toBe(BEYOND | FLAG.failedDenominator);
    expect(evaluateGuards(plan, 0, 30, 10, 2)).toBe(0);
  });

  test('tells how much there was', () => {
    const told = (denominator?: number) => explainGuards(plan, point(30, 10, 4, 0, denominator), run)[1];
    expect(told(7)).toEqual({ guard: 'denominator', passed: true, limit: 5, actual: 7 });
    expect(told(4)).toEqual({ guard: 'denominator', passed: false, limit: 5, actual: 4 });
    expect(told()).toEqual({ guard: 'denominator', passed: false, limit: 5, actual: 'none' });
  });
});
