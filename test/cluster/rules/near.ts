// How near what Prometheus computes must be to what this product does.

export const TOLERANCE = 1e-6;

/** Both missing, or both there and hardly apart. */
export function near(one: number, other: number): boolean {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) && Number.isNaN(other);
  return Math.abs(one - other) <= TOLERANCE;
}
