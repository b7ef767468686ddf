import { describe, expect, test } from 'vitest';
import { nearestBeneath, valueBeneath } from './denominator.ts';

const MINUTE = 60_000;
const requests = { metricName: 'requests', min: 5 };
const of = (labels: object) => ({ labels: { __name__: 'requests', ...labels } });

describe('what lies beneath a series', () => {
  const series = { __name__: 'errors', pod: 'a', route: '/' };
  const [whole, pod, route, code] = [
    of({}),
    of({ pod: 'a' }),
    of({ pod: 'a', route: '/' }),
    of({ pod: 'a', code: '5' }),
  ];
  test.each([
    ['is that of most labels', [whole, pod, route], route],
    ['has no label that the series has not', [code, pod], pod],
    ['has no other value', [of({ pod: 'b' }), whole], whole],
    ['has the name that is asked for', [{ labels: { __name__: 'answers', pod: 'a' } }], undefined],
    ['is the first of those that are as near', [pod, of({ route: '/' })], pod],
    ['is none of none', [], undefined],
  ] as const)('%s', (_, all, nearest) => {
    expect(nearestBeneath<ReturnType<typeof of>>(requests, all, series)).toBe(nearest);
  });
});

describe('its value', () => {
  const times = [0, MINUTE, 2 * MINUTE];
  test.each([
    ['is that of the time', times, [1, 2, 3], MINUTE, MINUTE, 2],
    ['or the newest before', times, [1, 2, 3], 1.5 * MINUTE, MINUTE, 2],
    ['never a later one', times, [1, 2, 3], -1, MINUTE, Number.NaN],
    ['or the last that was measured', times, [1, Number.NaN, Number.NaN], 2 * MINUTE, MINUTE, 1],
    ['for five minutes', times, [1, 2, 3], 7 * MINUTE, MINUTE, 3],
    ['and no longer', times, [1, 2, 3], 7 * MINUTE + 1, MINUTE, Number.NaN],
    ['but for three steps of longer ones', times, [1, 2, 3], 8 * MINUTE, 2 * MINUTE, 3],
    ['is not known where there is none', [], [], 0, MINUTE, Number.NaN],
  ])('%s', (_, timesMs, values, timeMs, stepMs, value) => {
    expect(valueBeneath(timesMs, values, timeMs, stepMs)).toBe(value);
  });
});
