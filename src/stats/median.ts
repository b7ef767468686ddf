// The median: the middle value, or the mean of the two middle ones. Half of the data can be wrong before it is.
import { sortedFinite } from './quantile.ts';

/** The median of the values that are not NaN. NaN when there is none. */
export function median(values: Float64Array): number {
  const sorted = sortedFinite(values);
  return medianSorted(sorted, 0, sorted.length);
}

/** The median of the ascending slice `sorted[from .. from + count)`. NaN when it is empty. */
export function medianSorted(sorted: Float64Array, from: number, count: number): number {
  if (count === 0) return Number.NaN;
  const middle = from + (count >> 1);
  const upper = sorted[middle] as number;
  return count % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
