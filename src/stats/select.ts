// The k-th smallest value without sorting all: quickselect (Hoare 1961) with the median of three as pivot and a partition
// into three, so that ties cost nothing. O(n) on average; the values are reordered in place.

/**
 * The value that would stand at `rank` (0 is the smallest) were `values[from .. to)` sorted. Reorders the slice; all
 * before the rank are then not larger, all behind not smaller. The slice holds no NaN. NaN when the rank is outside.
 */
export function select(values: Float64Array, rank: number, from = 0, to = values.length): number {
  const target = from + rank;
  if (!(rank >= 0 && target < to)) return Number.NaN;
  let low = from;
  let high = to - 1;
  while (low < high) {
    const pivot = medianOfThree(values[low] as number, values[(low + high) >> 1] as number, values[high] as number);
    let below = low;
    let above = high;
    let index = low;
    while (index <= above) {
      const value = values[index] as number;
      if (value < pivot) {
        values[index++] = values[below] as number;
        values[below++] = value;
      } else if (value > pivot) {
        values[index] = values[above] as number;
        values[above--] = value;
      } else index++;
    }
    if (target < below) high = below - 1;
    else if (target > above) low = above + 1;
    else return pivot;
  }
  return values[low] as number;
}

/** The median of `values[from .. to)`, which is reordered and holds no NaN. NaN when it is empty. */
export function selectMedian(values: Float64Array, from = 0, to = values.length): number {
  const count = to - from;
  const upper = select(values, count >> 1, from, to);
  if (count % 2 === 1 || count === 0) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let index = from; index < from + (count >> 1); index++) lower = Math.max(lower, values[index] as number);
  return (lower + upper) / 2;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
