// The chi-squared distribution: tails by the incomplete gamma function, quantiles by Newton on the smaller tail's
// logarithm over ln x, from the cube of Wilson & Hilferty (1931).
import { gammaLower, gammaUpper } from './incomplete-gamma.ts';
import { logGamma } from './log-gamma.ts';
import { normalQuantile } from './normal.ts';
import { poissonTerm } from './saddle-point.ts';
import { solveMonotone } from './solve-monotone.ts';

/** P(X ≤ x) with `degrees` of freedom above 0, to 1e-12 of the value up to 2e6 degrees. 0 below 0. */
export function chiSquaredLower(x: number, degrees: number): number {
  return gammaLower(degrees / 2, Math.max(0, x) / 2);
}

/** P(X > x), as exact where that is small. */
export function chiSquaredUpper(x: number, degrees: number): number {
  return gammaUpper(degrees / 2, Math.max(0, x) / 2);
}

/** The x with P(X ≤ x) = p: to 1e-11 of the value. 0 at 0, ∞ at 1, NaN outside. */
export function chiSquaredQuantile(p: number, degrees: number): number {
  return solveTail(p, 1 - p, degrees);
}

/** The x with P(X > x) = tail; a tiny tail loses no digits here. */
export function chiSquaredUpperQuantile(tail: number, degrees: number): number {
  return solveTail(1 - tail, tail, degrees);
}

function solveTail(lower: number, upper: number, degrees: number): number {
  if (!(lower > 0)) return lower === 0 ? 0 : Number.NaN;
  if (!(upper > 0)) return upper === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  const byLower = lower < upper;
  const wanted = Math.log(byLower ? lower : upper);
  const a = degrees / 2;
  const start = startOf(lower, upper, a);
  if (start === 0) return 0;
  const log = solveMonotone(
    (u) => {
      const half = Math.exp(u);
      const tail = byLower ? gammaLower(a, half) : gammaUpper(a, half);
      // Where the tail underflowed only the side is known.
      if (tail === 0) return [-1, 0];
      const slope = (poissonTerm(a, half) * a) / tail;
      return [Math.log(tail) - wanted, byLower ? slope : -slope];
    },
    Math.log(start),
    byLower,
  );
  return 2 * Math.exp(log);
}

/** Half of x, roughly; 0 where that is less than a number can be. */
function startOf(lower: number, upper: number, a: number): number {
  const z = lower < upper ? normalQuantile(lower) : -normalQuantile(upper);
  const root = 1 - 1 / (9 * a) + z / Math.sqrt(9 * a);
  const cube = a * root * root * root;
  // So far down that the first term of the series is all.
  const first = Math.exp((Math.log(lower) + logGamma(a + 1)) / a);
  return root > 0.1 ? cube : first < 1e-300 ? 0 : first;
}
