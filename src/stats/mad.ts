// The median absolute deviation (MAD) about the median. Half of the data can be wrong before it is.
// `madSorted` needs no second sort: the deviations left and right of the median are two sorted lists already, and the
// middle of their union is found by bisection in O(log n).
import { medianSorted } from './median.ts';
import { sortedFinite } from './quantile.ts';

/** The standard deviation of a normal is this times its MAD: 1 ÷ Φ⁻¹(0.75). */
export const SIGMA_PER_MAD = 1.482602218505602;

/** The median of |value − median| over the values that are not NaN. NaN when there is none. */
export function mad(values: Float64Array): number {
  const sorted = sortedFinite(values);
  return madSorted(sorted, 0, sorted.length, medianSorted(sorted, 0, sorted.length));
}

/** The median of |value − centre| over the ascending slice, where `centre` is the slice's median. NaN when it is empty. */
export function madSorted(sorted: Float64Array, from: number, count: number, centre: number): number {
  if (count === 0) return Number.NaN;
  // Values at `split` and beyond lie at or above the centre; deviations grow away from the split on both sides.
  const split = from + (count >> 1);
  const left = count >> 1;
  const right = count - left;
  // How many of the `half` + 1 smallest deviations lie on the left: the least that leaves the rest on the right in order.
  const half = (count - 1) >> 1;
  let low = Math.max(0, half + 1 - right);
  let high = Math.min(left, half + 1);
  while (low < high) {
    const taken = (low + high) >> 1;
    const nextLeft = centre - (sorted[split - 1 - taken] as number);
    const lastRight = (sorted[split + half - taken] as number) - centre;
    if (nextLeft < lastRight) low = taken + 1;
    else high = taken;
  }
  const lastLeft = low > 0 ? centre - (sorted[split - low] as number) : Number.NEGATIVE_INFINITY;
  const fromRight = half + 1 - low;
  const lastRight = fromRight > 0 ? (sorted[split + fromRight - 1] as number) - centre : Number.NEGATIVE_INFINITY;
  const middle = lastLeft > lastRight ? lastLeft : lastRight;
  if (count % 2 === 1) return middle;
  const nextLeft = low < left ? centre - (sorted[split - 1 - low] as number) : Number.POSITIVE_INFINITY;
  const nextRight = fromRight < right ? (sorted[split + fromRight] as number) - centre : Number.POSITIVE_INFINITY;
  return (middle + (nextLeft < nextRight ? nextLeft : nextRight)) / 2;
}
