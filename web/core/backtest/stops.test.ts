import { describe, expect, test } from 'vitest';
import type { Params } from '#detect/contract.ts';
import { ALGORITHMS, GUARD_PARAMS, THRESHOLD_PARAM } from '#detect/index.ts';
import { readQuantity, writeQuantity } from './quantity.ts';
import { fits } from './settings.ts';
import { nearestStop, stopsOf } from './stops.ts';

const EXTENT = { min: 0.02, max: 0.9 };
const ALL = [
  ...Object.values(ALGORITHMS).map(({ params }): Params => params),
  GUARD_PARAMS as Params,
  { threshold: THRESHOLD_PARAM },
];

describe('the stops of a slider', () => {
  test('are of every declared number: within its bounds, ascending, with its default among them', () => {
    for (const [name, param] of ALL.flatMap((params) => Object.entries(params))) {
      if (param.kind !== 'number') continue;
      const stops = stopsOf(param, EXTENT);
      expect(stops.length, name).toBeGreaterThan(2);
      expect(stops.length, name).toBeLessThan(260);
      expect(
        stops.every((stop) => fits(param, stop)),
        name,
      ).toBe(true);
      expect(
        stops.every((stop, i) => i === 0 || stop > (stops[i - 1] ?? 0)),
        name,
      ).toBe(true);
      if (param.default !== undefined) expect(stops, name).toContain(param.default);
      if (param.min !== undefined) expect(stops[0], name).toBe(param.min);
      if (param.max !== undefined) expect(stops.at(-1), name).toBe(param.max);
    }
  });

  test('are fine where small steps matter', () => {
    const stops = stopsOf(THRESHOLD_PARAM, EXTENT);
    expect(stops).toEqual(expect.arrayContaining([2.5, 3, 3.5, 4, 5, 10, 50]));
    expect(stopsOf(GUARD_PARAMS.persistencePoints, EXTENT).slice(0, 30)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  test('in the unit of the metric span the series', () => {
    const stops = stopsOf(GUARD_PARAMS.rangeMax, EXTENT);
    expect(stops[0]).toBeLessThan(EXTENT.min);
    expect(stops.at(-1)).toBeGreaterThan(EXTENT.max);
    expect(stopsOf(GUARD_PARAMS.minAbsoluteDeviation, { min: 5, max: 5 }).at(-1)).toBe(5);
    expect(stopsOf(GUARD_PARAMS.rangeMin, { min: 0, max: 0 }).length).toBeGreaterThan(10);
  });

  test('nearest to a value', () => {
    expect(nearestStop([1, 2, 5], 4)).toBe(2);
    expect(nearestStop([1, 2, 5], -4)).toBe(0);
  });
});

describe('a quantity', () => {
  test.each([
    [90_000, 'ms', '1m30s'],
    [604_800_000, 'ms', '7d'],
    [5_400_000, 'ms', '1h30m'],
    [-3_600_000, 'ms', '-1h'],
    [0, 'ms', '0s'],
    [1500.5, 'ms', '1s500.5ms'],
    [0.25, undefined, '0.25'],
    [40, 'points', '40'],
  ])('%d in %s is written %s, and read again', (value, unit, text) => {
    expect(writeQuantity(value, unit)).toBe(text);
    expect(readQuantity(text, unit)).toBe(value);
  });

  test.each([
    ['1.5h', 5_400_000],
    ['1h 30m', 5_400_000],
    ['250', 250],
    ['', undefined],
    ['soon', undefined],
    ['3 parsecs', undefined],
  ])('"%s" as a length of time is %s', (text, value) => {
    expect(readQuantity(text, 'ms')).toBe(value);
  });

  test('without a unit has none', () => {
    expect(readQuantity('3h', 'points')).toBeUndefined();
  });
});
