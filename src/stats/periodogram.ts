// The periodogram, and the peaks in it that noise would not make. Noise is not taken for white: each frequency is held
// against the median of those around it, so that the slope of a random walk's spectrum is nobody's peak. An ordinate of
// noise is exponential about its level, which gives the threshold without shuffling the series (AUTOPERIOD shuffles).
import { medianSorted } from './median.ts';
import { createRealFft } from './real-fft.ts';
import { insertSorted, removeSorted } from './sorted-window.ts';

/** How many bins on either side: enough for a median, few enough to follow a slope. */
const LEAST_REACH = 6;
const MOST_REACH = 50;

/** |X[k]|² of the values for k = 0 … ⌊n ÷ 2⌋, where k is cycles over the whole series. A missing value (NaN) counts 0. */
export function periodogram(values: Float64Array): Float64Array {
  const there = values.map((value) => (Number.isNaN(value) ? 0 : value));
  const { bins, forward } = createRealFft(values.length);
  const real = new Float64Array(bins);
  const imaginary = new Float64Array(bins);
  forward(there, real, imaginary);
  for (let bin = 0; bin < bins; bin++) {
    const a = real[bin] as number;
    const b = imaginary[bin] as number;
    real[bin] = a * a + b * b;
  }
  return real;
}

export interface Peak {
  /** Cycles over the whole series. */
  readonly bin: number;
  /** Power over the level of the frequencies around. */
  readonly ratio: number;
}

/**
 * The bins from `least` to `most` that are local maxima and stand out of those around them so far that noise would have
 * one such bin in `chance` of the cases; the highest over its surroundings first.
 */
export function findPeaks(powers: Float64Array, least: number, most: number, chance = 0.05): Peak[] {
  const threshold = -Math.log(-Math.expm1(Math.log1p(-chance) / Math.max(1, most - least + 1)));
  const levels = surroundings(powers);
  // Around a pure wave there is nothing but this.
  const rounding = 1e-12 * powers.reduce((sum, power) => sum + power, 0);
  const peaks: Peak[] = [];
  for (let bin = Math.max(1, least); bin <= Math.min(most, powers.length - 1); bin++) {
    const power = powers[bin] as number;
    if (bin > 1 && (powers[bin - 1] as number) > power) continue;
    if (bin + 1 < powers.length && (powers[bin + 1] as number) > power) continue;
    const ratio = power / Math.max(levels[bin] as number, rounding);
    if (ratio > threshold) peaks.push({ bin, ratio });
  }
  return peaks.sort((a, b) => b.ratio - a.ratio);
}

/** The mean power that each bin's neighbours hint at: the median of an exponential is ln 2 of its mean. */
function surroundings(powers: Float64Array): Float64Array {
  const levels = new Float64Array(powers.length);
  const sorted = new Float64Array(2 * MOST_REACH + 2);
  let count = 0;
  let from = 1;
  let to = 1;
  for (let bin = 1; bin < powers.length; bin++) {
    const reach = Math.min(MOST_REACH, Math.max(LEAST_REACH, bin >> 1));
    while (to <= Math.min(powers.length - 1, bin + reach)) {
      count = insertSorted(sorted, 0, count, powers[to++] as number);
    }
    while (from < bin - reach) count = removeSorted(sorted, 0, count, powers[from++] as number);
    // A wave of no whole number of cycles fills the bins beside its own as well.
    const beside = Math.min(powers.length - 1, bin + 1);
    for (let own = Math.max(1, bin - 1); own <= beside; own++) {
      count = removeSorted(sorted, 0, count, powers[own] as number);
    }
    levels[bin] = medianSorted(sorted, 0, count) / Math.LN2;
    for (let own = Math.max(1, bin - 1); own <= beside; own++) {
      count = insertSorted(sorted, 0, count, powers[own] as number);
    }
  }
  return levels;
}
