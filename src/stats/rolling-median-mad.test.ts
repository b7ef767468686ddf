import { expect, test } from 'vitest';
import { farthest, numbers, readGolden } from '../../test/reference/golden.ts';
import { rollingMedianMad } from './rolling-median-mad.ts';

const { window, minPoints, series } = readGolden();

test.each(Object.entries(series))('of "%s" median and MAD are pandas’ to 1e-9', (_, golden) => {
  const { medians, mads } = rollingMedianMad(numbers(golden.values), { window, minPoints });
  expect(farthest(medians, numbers(golden.rollingMedian))).toBeLessThan(1e-9);
  expect(farthest(mads, numbers(golden.rollingMad))).toBeLessThan(1e-9);
});

test('a window with too few values has neither', () => {
  const { medians, mads } = rollingMedianMad(Float64Array.of(1, Number.NaN, 3, 4), { window: 3, minPoints: 2 });
  expect([...medians]).toEqual([Number.NaN, Number.NaN, 2, 3.5]);
  expect([...mads]).toEqual([Number.NaN, Number.NaN, 1, 0.5]);
});
