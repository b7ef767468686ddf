// The discrete Fourier transform of complex numbers, of any length in O(n log n): radix 2 in place (Cooley & Tukey 1965)
// where the length is a power of two, else Bluestein's chirp (1970), which makes it a convolution of such a length.
// A plan holds tables and scratch for one length: make it once, transform many times, and allocate nothing then.

/** Transforms of one length. The arrays given hold `length` numbers and are overwritten. NaN anywhere is NaN everywhere. */
export interface Fft {
  readonly length: number;
  /** X[k] = Σ x[j] e^(−2πi jk ÷ n), without a factor. */
  forward(real: Float64Array, imaginary: Float64Array): void;
  /** What `forward` is undone by: the factor 1 ÷ n is in it. */
  inverse(real: Float64Array, imaginary: Float64Array): void;
}

/** A plan for transforms of `length` numbers. Throws a RangeError when that is no whole number above 0. */
export function createFft(length: number): Fft {
  if (!(Number.isInteger(length) && length > 0)) throw new RangeError(`a transform of ${length} numbers`);
  const forward = (length & (length - 1)) === 0 ? radix2(length) : bluestein(length);
  return {
    length,
    forward,
    inverse(real, imaginary) {
      // With the two parts exchanged, forward is the inverse.
      forward(imaginary, real);
      for (let index = 0; index < length; index++) {
        real[index] = (real[index] as number) / length;
        imaginary[index] = (imaginary[index] as number) / length;
      }
    },
  };
}

type Transform = Fft['forward'];

function radix2(length: number): Transform {
  const half = length >> 1;
  const cosines = new Float64Array(half);
  const sines = new Float64Array(half);
  for (let index = 0; index < half; index++) {
    cosines[index] = Math.cos((2 * Math.PI * index) / length);
    sines[index] = Math.sin((2 * Math.PI * index) / length);
  }
  const reversed = reversedBits(length);
  return (real, imaginary) => {
    reorder(real, reversed);
    reorder(imaginary, reversed);
    // The first level's factors are all 1.
    for (let even = 0; even + 1 < length; even += 2) {
      const a = real[even] as number;
      const b = imaginary[even] as number;
      const c = real[even + 1] as number;
      const d = imaginary[even + 1] as number;
      real[even] = a + c;
      imaginary[even] = b + d;
      real[even + 1] = a - c;
      imaginary[even + 1] = b - d;
    }
    for (let size = 2; size < length; size *= 2) {
      const stride = half / size;
      for (let block = 0; block < length; block += 2 * size) {
        for (let offset = 0, turn = 0; offset < size; offset++, turn += stride) {
          const even = block + offset;
          const odd = even + size;
          const cosine = cosines[turn] as number;
          const sine = sines[turn] as number;
          const a = real[odd] as number;
          const b = imaginary[odd] as number;
          const c = a * cosine + b * sine;
          const d = b * cosine - a * sine;
          const e = real[even] as number;
          const f = imaginary[even] as number;
          real[even] = e + c;
          imaginary[even] = f + d;
          real[odd] = e - c;
          imaginary[odd] = f - d;
        }
      }
    }
  };
}

/** Each index with its bits in the other order. */
function reversedBits(length: number): Uint32Array {
  const reversed = new Uint32Array(length);
  for (let index = 1; index < length; index++) {
    reversed[index] = ((reversed[index >> 1] as number) >> 1) | (index & 1 ? length >> 1 : 0);
  }
  return reversed;
}

function reorder(values: Float64Array, reversed: Uint32Array): void {
  for (let index = 0; index < reversed.length; index++) {
    const other = reversed[index] as number;
    if (other <= index) continue;
    const value = values[index] as number;
    values[index] = values[other] as number;
    values[other] = value;
  }
}

function bluestein(length: number): Transform {
  let size = 2;
  while (size < 2 * length - 1) size *= 2;
  const { forward, inverse } = createFft(size);
  // The chirp e^(−πi j² ÷ n); j² is taken modulo 2n first, which costs no digits.
  const cosines = new Float64Array(length);
  const sines = new Float64Array(length);
  const chirpReal = new Float64Array(size);
  const chirpImaginary = new Float64Array(size);
  for (let index = 0; index < length; index++) {
    const angle = (Math.PI * ((index * index) % (2 * length))) / length;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    cosines[index] = cosine;
    sines[index] = sine;
    for (const at of [index, (size - index) % size]) {
      chirpReal[at] = cosine;
      chirpImaginary[at] = sine;
    }
  }
  forward(chirpReal, chirpImaginary);
  const a = new Float64Array(size);
  const b = new Float64Array(size);
  return (real, imaginary) => {
    turn(real, imaginary, cosines, sines, a, b);
    a.fill(0, length);
    b.fill(0, length);
    forward(a, b);
    for (let index = 0; index < size; index++) {
      const x = a[index] as number;
      const y = b[index] as number;
      const c = chirpReal[index] as number;
      const d = chirpImaginary[index] as number;
      a[index] = x * c - y * d;
      b[index] = x * d + y * c;
    }
    inverse(a, b);
    turn(a, b, cosines, sines, real, imaginary);
  };
}

/** (a + ib)(cosine − i sine) for each of the turns, into `real` and `imaginary`. */
function turn(
  a: Float64Array,
  b: Float64Array,
  cosines: Float64Array,
  sines: Float64Array,
  real: Float64Array,
  imaginary: Float64Array,
): void {
  for (let index = 0; index < cosines.length; index++) {
    const x = a[index] as number;
    const y = b[index] as number;
    const cosine = cosines[index] as number;
    const sine = sines[index] as number;
    real[index] = x * cosine + y * sine;
    imaginary[index] = y * cosine - x * sine;
  }
}
