// Poisson and binomial probabilities, also of counts that are not whole, by Loader's saddle-point expansion (2000): what
// deviates and what Stirling's formula lacks are computed apart, so that no large numbers cancel. The gamma and beta
// distributions' integrals take their leading factor from here.
import { stirlingError } from './log-gamma.ts';

/** x ln(x ÷ expected) + expected − x, exact also where the two are close. */
export function deviance(x: number, expected: number): number {
  const off = x - expected;
  if (Math.abs(off) < 0.1 * (x + expected)) {
    // The series of the logarithm in v = (x − expected) ÷ (x + expected).
    const v = off / (x + expected);
    let sum = off * v;
    let power = 2 * x * v;
    for (let index = 1; index < 1000; index++) {
      power *= v * v;
      const next = sum + power / (2 * index + 1);
      if (next === sum) break;
      sum = next;
    }
    return sum;
  }
  return x * Math.log(x / expected) + expected - x;
}

/** e^(−mean) mean^x ÷ Γ(x + 1) for x ≥ 0 and mean > 0. */
export function poissonTerm(x: number, mean: number): number {
  if (x === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(x) - deviance(x, mean)) / Math.sqrt(2 * Math.PI * x);
}

/** Γ(a + b + 1) ÷ (Γ(a + 1) Γ(b + 1)) p^a q^b for a, b > 0 and p + q = 1; both are given, so that neither is rounded. */
export function binomialTerm(a: number, b: number, p: number, q: number): number {
  const n = a + b;
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * p) - deviance(b, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * a * b));
}
