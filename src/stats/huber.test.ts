import { expect, test } from 'vitest';
import { type Column, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { huber } from './huber.ts';
import type { LocationScale } from './tau-scale.ts';

const golden = readGoldenFile<{ samples: { name: string; values: Column; huber: LocationScale }[] }>('scales').samples;

test.each(golden)('location and scale of "$name" are statsmodels’', ({ values, huber: expected }) => {
  const { location, scale } = huber(numbers(values));
  expect(Math.abs(scale / expected.scale - 1)).toBeLessThan(1e-9);
  expect(Math.abs(location - expected.location)).toBeLessThan(1e-9 * expected.scale);
});

test('a constant with a few others has no scale, nothing has neither', () => {
  expect(huber(Float64Array.of(2, 2, 2, 9, Number.NaN))).toEqual({ location: 2, scale: 0 });
  expect(huber(new Float64Array(0))).toEqual({ location: Number.NaN, scale: Number.NaN });
});
