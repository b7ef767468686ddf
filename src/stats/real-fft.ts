// The discrete Fourier transform of real numbers, half of whose spectrum says it all: n real numbers of an even length
// travel as n ÷ 2 complex ones (Cooley, Lewis & Welch 1970), at half the cost. Any length; see fft.ts for the method.
import { createFft } from './fft.ts';

export interface RealFft {
  readonly length: number;
  /** How many numbers the half spectrum has: ⌊length ÷ 2⌋ + 1, from the mean's frequency up. */
  readonly bins: number;
  /** The half spectrum of `values` into `real` and `imaginary` (`bins` each). NaN anywhere is NaN everywhere. */
  forward(values: Float64Array, real: Float64Array, imaginary: Float64Array): void;
  /** The values of a half spectrum into `out`; the factor 1 ÷ n is in it. */
  inverse(real: Float64Array, imaginary: Float64Array, out: Float64Array): void;
}

/** A plan for transforms of `length` real numbers. Throws a RangeError when that is no whole number above 0. */
export function createRealFft(length: number): RealFft {
  return length % 2 === 0 ? evenFft(length) : oddFft(length);
}

function oddFft(length: number): RealFft {
  const plan = createFft(length);
  const bins = (length + 1) / 2;
  const a = new Float64Array(length);
  const b = new Float64Array(length);
  return {
    length,
    bins,
    forward(values, real, imaginary) {
      for (let index = 0; index < length; index++) a[index] = values[index] as number;
      b.fill(0);
      plan.forward(a, b);
      for (let bin = 0; bin < bins; bin++) {
        real[bin] = a[bin] as number;
        imaginary[bin] = b[bin] as number;
      }
    },
    inverse(real, imaginary, out) {
      a[0] = real[0] as number;
      b[0] = 0;
      for (let bin = 1; bin < bins; bin++) {
        a[bin] = real[bin] as number;
        b[bin] = imaginary[bin] as number;
        a[length - bin] = real[bin] as number;
        b[length - bin] = -(imaginary[bin] as number);
      }
      plan.inverse(a, b);
      for (let index = 0; index < length; index++) out[index] = a[index] as number;
    },
  };
}

function evenFft(length: number): RealFft {
  const half = length / 2;
  const plan = createFft(half);
  const a = new Float64Array(half);
  const b = new Float64Array(half);
  const cosines = new Float64Array(half + 1);
  const sines = new Float64Array(half + 1);
  for (let bin = 0; bin <= half; bin++) {
    cosines[bin] = Math.cos((2 * Math.PI * bin) / length);
    sines[bin] = Math.sin((2 * Math.PI * bin) / length);
  }
  return {
    length,
    bins: half + 1,
    forward(values, real, imaginary) {
      for (let index = 0; index < half; index++) {
        a[index] = values[2 * index] as number;
        b[index] = values[2 * index + 1] as number;
      }
      plan.forward(a, b);
      for (let bin = 0; bin <= half; bin++) {
        const at = bin === half ? 0 : bin;
        const mirror = bin === 0 ? 0 : half - bin;
        // Spectra of the even values (e) and the odd ones (o), from the symmetry that real numbers have.
        const eReal = ((a[at] as number) + (a[mirror] as number)) / 2;
        const eImaginary = ((b[at] as number) - (b[mirror] as number)) / 2;
        const oReal = ((b[at] as number) + (b[mirror] as number)) / 2;
        const oImaginary = ((a[mirror] as number) - (a[at] as number)) / 2;
        const cosine = cosines[bin] as number;
        const sine = sines[bin] as number;
        real[bin] = eReal + oReal * cosine + oImaginary * sine;
        imaginary[bin] = eImaginary + oImaginary * cosine - oReal * sine;
      }
    },
    inverse(real, imaginary, out) {
      for (let bin = 0; bin < half; bin++) {
        const mirror = half - bin;
        // What a real series cannot have, an imaginary part at either end, is ignored.
        const x = bin === 0 ? 0 : (imaginary[bin] as number);
        const y = bin === 0 ? 0 : (imaginary[mirror] as number);
        const eReal = ((real[bin] as number) + (real[mirror] as number)) / 2;
        const eImaginary = (x - y) / 2;
        const dReal = ((real[bin] as number) - (real[mirror] as number)) / 2;
        const dImaginary = (x + y) / 2;
        const cosine = cosines[bin] as number;
        const sine = sines[bin] as number;
        const oReal = dReal * cosine - dImaginary * sine;
        const oImaginary = dReal * sine + dImaginary * cosine;
        a[bin] = eReal - oImaginary;
        b[bin] = eImaginary + oReal;
      }
      plan.inverse(a, b);
      for (let index = 0; index < half; index++) {
        out[2 * index] = a[index] as number;
        out[2 * index + 1] = b[index] as number;
      }
    },
  };
}
