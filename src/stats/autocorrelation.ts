// The autocorrelation of a series with gaps, all lags at once in O(n log n): the spectrum's power is the correlation's
// transform (Wiener & Khinchin). A series and the mask of what is there go through one complex transform as its real and
// imaginary part, so that each lag also knows how many pairs it has (Parzen 1963 on amplitude-modulated series).
import { createFft } from './fft.ts';

export interface AutocorrelationOptions {
  /** The largest lag, in points; all that the series has when absent. */
  readonly maxLag?: number;
  /** Divides each lag's sum by the pairs it has instead of by the points; far lags then swing more. */
  readonly unbiased?: boolean;
}

/**
 * The autocorrelation about the mean of what is there, for lags 0 (which is 1) to `maxLag`. A missing value (NaN) takes
 * part in no pair. NaN where an unbiased lag has no pair, and everywhere when nothing or only one value is there.
 */
export function autocorrelation(values: Float64Array, options: AutocorrelationOptions = {}): Float64Array {
  const lags = Math.min(options.maxLag ?? values.length - 1, values.length - 1);
  if (lags < 0) return new Float64Array(0);
  let length = 1;
  while (length < values.length + lags) length *= 2;
  const real = new Float64Array(length);
  const imaginary = new Float64Array(length);
  const count = fillMasked(values, real, imaginary);
  if (count === 0) return new Float64Array(lags + 1).fill(Number.NaN);
  const plan = createFft(length);
  plan.forward(real, imaginary);
  powers(real, imaginary);
  plan.inverse(real, imaginary);
  const out = new Float64Array(lags + 1);
  for (let lag = 0; lag <= lags; lag++) {
    const pairs = Math.round(imaginary[lag] as number);
    const divisor = options.unbiased === true ? pairs : count;
    out[lag] = divisor > 0 ? (real[lag] as number) / divisor : Number.NaN;
  }
  return out;
}

/** Standard values, 0 where missing, and the mask of those that are there. Returns how many are; 0 when all are one. */
function fillMasked(values: Float64Array, real: Float64Array, mask: Float64Array): number {
  // Sums are taken about one of the values, so that a constant has no variance at all.
  const anchor = values.find((value) => !Number.isNaN(value)) ?? Number.NaN;
  let sum = 0;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const off = (values[index] as number) - anchor;
    if (Number.isNaN(off)) continue;
    real[index] = off;
    mask[index] = 1;
    sum += off;
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const deviation = mask[index] === 1 ? (real[index] as number) - mean : 0;
    real[index] = deviation;
    squares += deviation * deviation;
  }
  if (squares === 0) return 0;
  // As large as the mask, so that neither drowns the other in the transform they share.
  const scale = Math.sqrt(squares / count);
  for (let index = 0; index < values.length; index++) real[index] = (real[index] as number) / scale;
  return count;
}

/** From the spectrum of values + i · mask to |values|² + i · |mask|², by the symmetry that real series have. */
function powers(real: Float64Array, imaginary: Float64Array): void {
  const length = real.length;
  for (let bin = 0; bin <= length / 2; bin++) {
    const mirror = bin === 0 ? 0 : length - bin;
    const a = real[bin] as number;
    const b = imaginary[bin] as number;
    const c = real[mirror] as number;
    const d = imaginary[mirror] as number;
    const ofValues = ((a + c) * (a + c) + (b - d) * (b - d)) / 4;
    const ofMask = ((b + d) * (b + d) + (a - c) * (a - c)) / 4;
    real[bin] = ofValues;
    real[mirror] = ofValues;
    imaginary[bin] = ofMask;
    imaginary[mirror] = ofMask;
  }
}
