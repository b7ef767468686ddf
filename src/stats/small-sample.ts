// How much wider ±3 sigmas must be when the spread was estimated from few points, so that they still hold 99.73 % of new
// points: the ratio of Student's t to the normal at that tail, in Wallace's closed form (1959; within 0.4 % from 9 degrees
// of freedom on), times the uncertainty of the centre. Robust spreads act like a standard deviation of fewer points.

/**
 * Factor (> 1, towards 1 for many points) for a spread with `degrees` of freedom and a centre whose variance is
 * `centreVariance` times the spread's square. Infinity without a degree of freedom.
 */
export function widening(degrees: number, centreVariance: number): number {
  if (!(degrees > 0)) return Number.POSITIVE_INFINITY;
  const z = (3 * (8 * degrees + 3)) / (8 * degrees + 1);
  const t = Math.sqrt(degrees * Math.expm1((z * z) / degrees));
  return (t / 3) * Math.sqrt(1 + centreVariance);
}

/** For mean and standard deviation of `count` points. */
export function wideningOfMean(count: number): number {
  return widening(count - 1, 1 / count);
}

/** Asymptotic efficiency of IQR and MAD as estimators of a normal's spread (Rousseeuw & Croux 1993). */
const ROBUST_EFFICIENCY = 0.3675;

/** For median and IQR, or median and MAD, of `count` points; the median's variance is π/2 of the mean's. */
export function wideningOfMedian(count: number): number {
  return widening(ROBUST_EFFICIENCY * count, Math.PI / 2 / count);
}
