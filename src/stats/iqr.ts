// The interquartile range: how wide the middle half of the data lies. A quarter of the data on either side can be
// wrong before it is. Of normal data it is 1.349 standard deviations.
import { quantileSorted, sortedFinite } from './quantile.ts';

/** Interquartile range of the standard normal: 2·Φ⁻¹(0.75). */
export const NORMAL_IQR = 1.3489795003921634;

/** The interquartile range of the values that are not NaN. NaN when there is none. */
export function iqr(values: Float64Array): number {
  const sorted = sortedFinite(values);
  return iqrSorted(sorted, 0, sorted.length);
}

/** The interquartile range of the ascending slice `sorted[from .. from + count)`. NaN when it is empty. */
export function iqrSorted(sorted: Float64Array, from: number, count: number): number {
  return quantileSorted(sorted, from, count, 0.75) - quantileSorted(sorted, from, count, 0.25);
}
