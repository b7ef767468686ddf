// The spectral residual of a series (Hou & Zhang 2007 for pictures; Ren et al. 2019 for series): each frequency's amplitude is
// divided by the mean of its neighbours' on a log scale and its phase kept, which leaves what the rest of the series does not
// lead to expect. Of normal noise it is normal noise; the sign is the deviation's. O(n log n).
import type { RealFft } from './real-fft.ts';

/** Neighbouring frequencies whose log amplitudes are averaged; the paper's q. */
const AVERAGED = 3;
/** The least amplitude, as a part of the largest: below it there is only rounding. */
const LEAST = 1e-12;

/**
 * Fills `out` with the residual of `values`, which has no NaN and as many as the plan transforms; all 0 for a constant.
 */
export function spectralResidual(plan: RealFft, values: Float64Array, out: Float64Array): void {
  const { length, bins } = plan;
  const first = values[0] as number;
  let mean = 0;
  for (let index = 0; index < length; index++) mean += ((values[index] as number) - first) / length;
  const centred = values.map((value) => value - first - mean);
  const real = new Float64Array(bins);
  const imaginary = new Float64Array(bins);
  plan.forward(centred, real, imaginary);
  const amplitudes = real.map((value, bin) => Math.hypot(value, imaginary[bin] as number));
  const largest = amplitudes.subarray(1).reduce((most, value) => Math.max(most, value), 0);
  if (!(largest > 0)) {
    out.fill(0);
    return;
  }
  const logs = amplitudes.map((value) => Math.log(Math.max(value, LEAST * largest)));
  // The mean was taken off: its bin says nothing, and is none of its neighbour's neighbours.
  real[0] = 0;
  imaginary[0] = 0;
  const reach = (AVERAGED - 1) / 2;
  for (let bin = 1; bin < bins; bin++) {
    let sum = 0;
    let count = 0;
    for (let near = Math.max(1, bin - reach); near <= Math.min(bins - 1, bin + reach); near++) {
      sum += logs[near] as number;
      count++;
    }
    const amplitude = Math.max(amplitudes[bin] as number, LEAST * largest);
    const factor = Math.exp((logs[bin] as number) - sum / count) / amplitude;
    real[bin] = (real[bin] as number) * factor;
    imaginary[bin] = (imaginary[bin] as number) * factor;
  }
  plan.inverse(real, imaginary, out);
}
