// The regularised incomplete beta function by its continued fraction (Abramowitz & Stegun 26.5.8, evaluated after Lentz
// 1976), on the side of the mean where it converges. O(√max(a, b)) terms.
import { binomialTerm } from './saddle-point.ts';

const MOST_TERMS = 1_000_000;
const TINY = 1e-300;

/**
 * I_x(a, b) for a, b > 0 and x from 0 to 1: to 1e-12 of the value, however small, for a and b up to 1e6. Give y = 1 − x
 * where that is known to more digits. I_y(b, a) is the other tail. NaN outside.
 */
export function betaLower(a: number, b: number, x: number, y: number = 1 - x): number {
  if (!(a > 0 && b > 0 && x >= 0 && y >= 0)) return Number.NaN;
  if (x === 0) return 0;
  if (y === 0) return 1;
  return x < (a + 1) / (a + b + 2) ? fraction(a, b, x, y) : 1 - fraction(b, a, y, x);
}

function fraction(a: number, b: number, x: number, y: number): number {
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let value = d;
  for (let index = 1; index < MOST_TERMS; index++) {
    const even = (index * (b - index) * x) / ((a + 2 * index - 1) * (a + 2 * index));
    d = 1 + even * d;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = 1 + even / c;
    if (Math.abs(c) < TINY) c = TINY;
    value *= d * c;
    const odd = (-(a + index) * (a + b + index) * x) / ((a + 2 * index) * (a + 2 * index + 1));
    d = 1 + odd * d;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = 1 + odd / c;
    if (Math.abs(c) < TINY) c = TINY;
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return ((binomialTerm(a, b, x, y) * b) / (a + b)) * value;
}
