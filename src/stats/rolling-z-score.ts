// Rolling z-score of a whole series: (value − mean) ÷ sample standard deviation of the window that ends with it, as
// `(x − x.rolling(w).mean()) / x.rolling(w).std()` in pandas. Sums slide: what comes in is added, what goes out taken off.
// They are taken about an anchor, a value of the series near by, so that an offset of 1e9 costs no digits; and taken anew
// about another as soon as rounding could show (an outlier went out, a level shift came in). O(1) a point.

export interface RollingOptions {
  /** Places in the window, the point's own among them; missing values take a place. */
  readonly window: number;
  /** Least values in the window for a score; as `min_periods`. At least 2 count. */
  readonly minPoints: number;
}

/** A spread that is a smaller part of the largest sum of squares since the last anchor may have lost digits. */
const CANCELLED = 1e-4;
/** Rounding adds up by one unit a point: with this many windows an anchor the two together stay below 1e-9. */
const WINDOWS_PER_ANCHOR = 8;

/**
 * One score a point, written to `out` (or a new array) and returned. NaN where the value is missing (NaN) or the window
 * has too few values; a window without spread gives 0/0 = NaN, as in pandas.
 */
export function rollingZScore(
  values: Float64Array,
  { window, minPoints }: RollingOptions,
  out: Float64Array = new Float64Array(values.length),
): Float64Array {
  const least = Math.max(2, minPoints);
  let from = 0;
  while (from < values.length) {
    const to = Math.min(from + WINDOWS_PER_ANCHOR * window, values.length);
    from = scoreStretch(values, from, to, window, least, out);
  }
  return out;
}

/**
 * Scores from `from` on about one anchor, at most up to `to`. Returns the first point not scored: `to`, or sooner the
 * one at which digits were lost. The point at `from` itself is always scored, because it is its own anchor.
 */
function scoreStretch(
  values: Float64Array,
  from: number,
  to: number,
  window: number,
  least: number,
  out: Float64Array,
): number {
  const first = values[from] as number;
  const anchor = Number.isNaN(first) ? nextValue(values, from, to) : first;
  let count = 0;
  let sum = 0;
  let squares = 0;
  const start = Math.max(0, from - window + 1);
  for (let index = start; index < from; index++) {
    const off = (values[index] as number) - anchor;
    if (Number.isNaN(off)) continue;
    count++;
    sum += off;
    squares += off * off;
  }
  let largest = 0;
  let share = (count - 1) / count;
  const leaving = start + window;
  for (let index = from; index < to; index++) {
    const off = (values[index] as number) - anchor;
    const gone = index >= leaving ? (values[index - window] as number) - anchor : Number.NaN;
    if (!Number.isNaN(off - gone)) {
      sum += off - gone;
      squares += (off - gone) * (off + gone);
    } else {
      if (!Number.isNaN(off)) {
        count++;
        sum += off;
        squares += off * off;
      }
      if (!Number.isNaN(gone)) {
        count--;
        sum -= gone;
        squares -= gone * gone;
      }
      share = (count - 1) / count;
    }
    if (squares > largest) largest = squares;
    const spread = count * squares - sum * sum;
    // A missing value makes `off`, and with it the score, NaN by itself.
    if (count < least) out[index] = Number.NaN;
    else if (spread >= CANCELLED * count * largest || index === from) {
      out[index] = (count * off - sum) * Math.sqrt(share / spread);
    } else return index;
  }
  return to;
}

/** The first value from `from` on that is not missing; 0 when there is none. */
function nextValue(values: Float64Array, from: number, to: number): number {
  for (let index = from; index < to; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) return value;
  }
  return 0;
}
