// Mean and variance of the values in a ring, kept up to date at O(1) a value. Sums are taken about an anchor, one of the
// ring's own values, so that an offset of 1e9 costs no digits; they are taken anew once per turn of the ring, and when
// so much left that rounding would show (an outlier going out, a level shift). State is five numbers in a Float64Array.

/** Fields of the state, from `at` on. */
export const SLIDING_SIZE = 5;
const COUNT = 0;
const ANCHOR = 1;
const SUM = 2;
const SQUARES = 3;
/** The largest sum of squares since the last anchor: rounding is a part of that, whatever is left of it. */
const LARGEST = 4;
/** A spread that is a smaller part of the largest sum of squares may have lost digits. */
const CANCELLED = 1e-4;

/** The mean of the values in the window. NaN when it is empty. */
export function slidingMean(state: Float64Array, at: number): number {
  return (state[at + ANCHOR] as number) + (state[at + SUM] as number) / (state[at + COUNT] as number);
}

/** The sum of squared deviations from the mean: divided by count (population) or count − 1 (sample) it is the variance. */
export function slidingSquares(state: Float64Array, at: number): number {
  const sum = state[at + SUM] as number;
  return Math.max(0, (state[at + SQUARES] as number) - (sum * sum) / (state[at + COUNT] as number));
}

/**
 * Tells the state at `at` that `entered` came into the ring `values[from .. from + capacity)` and `left` went (NaN: none
 * did). Call it after the ring was written. `next` is the ring's next place to write: at 0 the sums are taken anew.
 */
export function slideVariance(
  state: Float64Array,
  at: number,
  entered: number,
  left: number,
  from: number,
  next: number,
): void {
  const anchor = state[at + ANCHOR] as number;
  const inward = entered - anchor;
  let count = (state[at + COUNT] as number) + 1;
  let sum = (state[at + SUM] as number) + inward;
  let squares = (state[at + SQUARES] as number) + inward * inward;
  const largest = Math.max(state[at + LARGEST] as number, squares);
  if (!Number.isNaN(left)) {
    const outward = left - anchor;
    count--;
    sum -= outward;
    squares -= outward * outward;
  }
  state[at + COUNT] = count;
  state[at + SUM] = sum;
  state[at + SQUARES] = squares;
  state[at + LARGEST] = largest;
  const spread = squares - (sum * sum) / count;
  if (next === 0 || count === 1 || spread < CANCELLED * largest) anchorAnew(state, at, from, count, entered);
}

/** Takes the sums again about `anchor`, from the `count` values that the ring holds. */
function anchorAnew(state: Float64Array, at: number, from: number, count: number, anchor: number): void {
  let sum = 0;
  let squares = 0;
  for (let index = from; index < from + count; index++) {
    const deviation = (state[index] as number) - anchor;
    sum += deviation;
    squares += deviation * deviation;
  }
  state[at + ANCHOR] = anchor;
  state[at + SUM] = sum;
  state[at + SQUARES] = squares;
  state[at + LARGEST] = squares;
}
