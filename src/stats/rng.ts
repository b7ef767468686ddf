// Seeded random numbers, the same on every machine: sfc32 (Doty-Humphrey, PractRand), a small counter-based generator
// with 128 bits of state, and Marsaglia's polar method (1964) for normals. Not for secrets.

export interface Rng {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** A generator whose numbers follow from `seed` (an integer) alone. */
export function createRng(seed: number): Rng {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  }
  // Neighbouring seeds start out alike; a dozen rounds mix them.
  for (let round = 0; round < 15; round++) next();
  let spare = Number.NaN;
  function normal(): number {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const x = 2 * next() - 1;
      const y = 2 * next() - 1;
      const size = x * x + y * y;
      if (size >= 1 || size === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(size)) / size);
      spare = y * factor;
      return x * factor;
    }
  }
  return { uniform: next, normal };
}
