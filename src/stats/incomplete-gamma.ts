// The regularised incomplete gamma functions: the power series below a + 1, the continued fraction above (Abramowitz &
// Stegun 6.5.29 and 6.5.31; evaluated after Lentz 1976). O(√a) terms near x = a.
import { poissonTerm } from './saddle-point.ts';

const MOST_TERMS = 1_000_000;
const TINY = 1e-300;

/** P(a, x) = γ(a, x) ÷ Γ(a) for a > 0, x ≥ 0: to 1e-12 of the value for a up to 1e6. NaN outside. */
export function gammaLower(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return Number.NaN;
  if (x === 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x < a + 1 ? series(a, x) : 1 - fraction(a, x);
}

/** Q(a, x) = 1 − P(a, x), as exact where that is small. */
export function gammaUpper(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return Number.NaN;
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < a + 1 ? 1 - series(a, x) : fraction(a, x);
}

function series(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index < MOST_TERMS; index++) {
    term *= x / (a + index);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return poissonTerm(a, x) * sum;
}

function fraction(a: number, x: number): number {
  let bottom = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / bottom;
  let value = d;
  for (let index = 1; index < MOST_TERMS; index++) {
    const top = -index * (index - a);
    bottom += 2;
    d = top * d + bottom;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = bottom + top / c;
    if (Math.abs(c) < TINY) c = TINY;
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return poissonTerm(a, x) * a * value;
}
