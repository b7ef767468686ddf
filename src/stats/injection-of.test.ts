import { expect, test } from 'vitest';
import { injectionOf } from './injection-of.ts';

const MINUTE = 60_000;

test.each([
  ['what was never negative stays so', 'queue_length', [1, 0, 5, Number.NaN], { least: 0 }],
  ['a share stays below 1', 'error_ratio', [0.1, 0, 1], { least: 0, most: 1 }],
  ['a share that was beyond 1 is none', 'error_ratio', [0.1, 1.2], { least: 0 }],
  ['what was negative may be anything', 'offset', [-1, 2], {}],
])('%s', (_name, metricName, values, bounds) => {
  const { levels, sigma, halfSeason, ...given } = injectionOf(metricName, MINUTE, Float64Array.from(values));
  expect(given).toEqual(bounds);
  expect(levels).toHaveLength(values.length);
  expect(sigma).toBeGreaterThan(0);
  expect(halfSeason).toBe(720);
});
