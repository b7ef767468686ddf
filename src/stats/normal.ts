// The standard normal distribution: its tails by the complementary error function, its quantiles by Wichura's algorithm
// AS 241 (1988, PPND16), whose coefficients these are.
import { erfc } from './erf.ts';

/** P(Z ≤ z), to 1e-13 of the value also where it is tiny (down to z = −38). */
export function normalLower(z: number): number {
  return erfc(-z * Math.SQRT1_2) / 2;
}

/** P(Z > z), as exact where that is tiny. */
export function normalUpper(z: number): number {
  return erfc(z * Math.SQRT1_2) / 2;
}

/** The density exp(−z² ÷ 2) ÷ √(2π). */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) * 0.3989422804014327;
}

const CENTRAL = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const NEAR = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const FAR = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/**
 * The z with P(Z ≤ z) = p, to 1e-15 of the value. For an upper tail take −normalQuantile(tail), which loses no digits.
 * −∞ at 0, ∞ at 1, NaN outside.
 */
export function normalQuantile(p: number): number {
  const off = p - 0.5;
  if (Math.abs(off) <= 0.425) return off * quotient(CENTRAL, 0.180625 - off * off);
  const tail = off < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail === 0 ? Math.sign(off) * Number.POSITIVE_INFINITY : Number.NaN;
  const depth = Math.sqrt(-Math.log(tail));
  const z = depth <= 5 ? quotient(NEAR, depth - 1.6) : quotient(FAR, depth - 5);
  return Math.sign(off) * z;
}

function quotient([top, bottom]: readonly [readonly number[], readonly number[]], x: number): number {
  let upper = 0;
  let lower = 0;
  for (let index = top.length - 1; index >= 0; index--) {
    upper = upper * x + (top[index] as number);
    lower = lower * x + (bottom[index] as number);
  }
  return upper / lower;
}
