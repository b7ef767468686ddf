import { expect, test } from 'vitest';
import { type Column, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { type LocationScale, tauScale } from './tau-scale.ts';

const golden = readGoldenFile<{ samples: { name: string; values: Column; tau: LocationScale }[] }>('scales').samples;

test.each(golden)('location and scale of "$name" are statsmodels’', ({ values, tau }) => {
  const { location, scale } = tauScale(numbers(values));
  expect(Math.abs(scale / tau.scale - 1)).toBeLessThan(1e-12);
  expect(Math.abs(location - tau.location)).toBeLessThan(1e-12 * (tau.scale + Math.abs(tau.location)));
});

test('a constant with a few others has no scale, nothing has neither', () => {
  expect(tauScale(Float64Array.of(2, 2, 2, 9, Number.NaN))).toEqual({ location: 2, scale: 0 });
  expect(tauScale(new Float64Array(0))).toEqual({ location: Number.NaN, scale: Number.NaN });
});
