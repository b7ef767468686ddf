// Student's t distribution: tails by the incomplete beta function, quantiles by Newton on the tail's logarithm over ln t,
// which is nearly straight far out.
import { betaLower } from './incomplete-beta.ts';
import { logGamma } from './log-gamma.ts';
import { normalQuantile } from './normal.ts';
import { binomialTerm } from './saddle-point.ts';
import { solveMonotone } from './solve-monotone.ts';

/** P(T > t) for `degrees` of freedom above 0 (not only whole), to 1e-12 of the value up to 1e6 degrees. */
export function studentUpper(t: number, degrees: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return t > 0 ? farTail(t, degrees) : 1 - farTail(-t, degrees);
  const half = betaLower(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square)) / 2;
  return t > 0 ? half : 1 - half;
}

/** P(T ≤ t). */
export function studentLower(t: number, degrees: number): number {
  return studentUpper(-t, degrees);
}

/** Beyond 1e154 the square overflows, and all but the leading power of t is nil. */
function farTail(t: number, degrees: number): number {
  const n = degrees / 2;
  const scale = n * Math.log(degrees) + logGamma(n + 0.5) - logGamma(n + 1) - Math.log(Math.PI) / 2;
  return Math.exp(scale - degrees * Math.log(t)) / 2;
}

/** The density at t. */
export function studentDensity(t: number, degrees: number): number {
  const square = t * t;
  const n = degrees / 2;
  // A binomial term of n and ½ is Γ(n + 3/2) ÷ (Γ(n + 1) Γ(3/2)) pⁿ q^½.
  const p = degrees / (degrees + square);
  const q = square / (degrees + square);
  const root = Math.sqrt(degrees + square);
  if (!(q > 0)) return atZero(n, degrees);
  return (binomialTerm(n, 0.5, p, q) * n) / (2 * n + 1) / Math.sqrt(q) / root;
}

function atZero(n: number, degrees: number): number {
  // The limit of the above for q → 0.
  const q = 1e-20;
  return (binomialTerm(n, 0.5, 1, q) * n) / (2 * n + 1) / Math.sqrt(q) / Math.sqrt(degrees);
}

/**
 * The t with P(T > t) = tail: to 1e-11 of the value. ∞ at 0, −∞ at 1, NaN outside.
 */
export function studentUpperQuantile(tail: number, degrees: number): number {
  if (!(tail > 0 && tail < 1)) {
    if (tail === 0) return Number.POSITIVE_INFINITY;
    return tail === 1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  }
  if (tail > 0.5) return -studentUpperQuantile(1 - tail, degrees);
  if (tail === 0.5) return 0;
  const z = -normalQuantile(tail);
  const start = z * (1 + (z * z + 1) / (4 * degrees));
  const wanted = Math.log(tail);
  const log = solveMonotone(
    (u) => {
      const t = Math.exp(u);
      const upper = studentUpper(t, degrees);
      const slope = t < 1e150 ? (studentDensity(t, degrees) * t) / upper : degrees;
      return [Math.log(upper) - wanted, -slope];
    },
    Math.log(start),
    false,
  );
  return Math.exp(log);
}
