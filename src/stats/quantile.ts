// Quantiles with linear interpolation between order statistics (Hyndman & Fan 1996, type 7), as NumPy's default.
// `quantileSorted` costs O(1) on a slice that is sorted already; `quantile` sorts a copy first.

/**
 * The quantile at `ratio` (0..1) of the sorted slice `sorted[from .. from + count)`. NaN when the slice is empty.
 * The slice must be ascending and hold no NaN.
 */
export function quantileSorted(sorted: Float64Array, from: number, count: number, ratio: number): number {
  if (count === 0) return Number.NaN;
  const position = (count - 1) * ratio;
  const below = Math.floor(position);
  const low = sorted[from + below] as number;
  if (below + 1 >= count) return low;
  return low + ((sorted[from + below + 1] as number) - low) * (position - below);
}

/** The quantile at `ratio` (0..1) of the values that are not NaN, in any order. NaN when there is none. */
export function quantile(values: Float64Array, ratio: number): number {
  const sorted = sortedFinite(values);
  return quantileSorted(sorted, 0, sorted.length, ratio);
}

/** An ascending copy without the NaNs. */
export function sortedFinite(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}
