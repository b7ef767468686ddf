import { expect, test } from 'vitest';
import { findPeaks, periodogram } from './periodogram.ts';
import { createRng } from './rng.ts';

test('a wave has its power in the bin of its cycles, and a missing value counts nothing', () => {
  const wave = Float64Array.from({ length: 100 }, (_, index) => Math.cos((2 * Math.PI * 5 * index) / 100));
  const powers = periodogram(wave);
  expect(powers.length).toBe(51);
  expect(powers[5]).toBeCloseTo(2500, 9);
  expect(findPeaks(powers, 1, 50).map(({ bin }) => bin)).toEqual([5]);
  const gaps = wave.map((value) => (value === 1 ? Number.NaN : value));
  expect(periodogram(gaps)[0]).toBeCloseTo(25, 9);
});

test('of noise, white or wandering, few spectra have a peak', () => {
  const withPeak = (keep: number) => {
    let count = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const rng = createRng(seed);
      let state = 0;
      const values = Float64Array.from({ length: 512 }, () => {
        state = keep * state + rng.normal();
        return state;
      });
      if (findPeaks(periodogram(values), 3, 256).length > 0) count++;
    }
    return count / 200;
  };
  expect(withPeak(0)).toBeLessThan(0.2);
  expect(withPeak(0.9)).toBeLessThan(0.25);
});

test('without a spectrum there is no peak', () => {
  expect(findPeaks(periodogram(new Float64Array(50)), 1, 25)).toEqual([]);
});
