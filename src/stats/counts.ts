// Tails of the two distributions of counts: Poisson, and the negative binomial, whose variance is mean + mean² ÷ size
// (Poisson as size grows). By the incomplete gamma and beta functions.
import { betaLower } from './incomplete-beta.ts';
import { gammaLower, gammaUpper } from './incomplete-gamma.ts';

/** P(X ≥ count) of a Poisson with this mean (≥ 0): to 1e-12 of the value, however small, for means up to 1e6. */
export function poissonAtLeast(count: number, mean: number): number {
  const least = Math.ceil(count);
  if (least <= 0) return 1;
  return mean === 0 ? 0 : gammaLower(least, mean);
}

/** P(X ≤ count). */
export function poissonAtMost(count: number, mean: number): number {
  const most = Math.floor(count);
  if (most < 0) return 0;
  return mean === 0 ? 1 : gammaUpper(most + 1, mean);
}

/** P(X ≥ count) of a negative binomial with this mean (≥ 0) and size (> 0). */
export function negativeBinomialAtLeast(count: number, mean: number, size: number): number {
  const least = Math.ceil(count);
  if (least <= 0) return 1;
  return betaLower(least, size, mean / (mean + size), size / (mean + size));
}

/** P(X ≤ count) of a negative binomial. */
export function negativeBinomialAtMost(count: number, mean: number, size: number): number {
  const most = Math.floor(count);
  if (most < 0) return 0;
  return betaLower(size, most + 1, size / (mean + size), mean / (mean + size));
}
