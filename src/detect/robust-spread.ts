// The spread of a sorted baseline for methods that divide by IQR or MAD, with an answer where those say nothing: when
// half of the values are equal the IQR or MAD is zero though others differ, and their root mean square about the median
// stands in. That is no normal's yardstick: a value seen in a share p of the points scores 1/√p, less the widening, however
// ordinary it is there: 2 for one of five, over 9 for one of a hundred. Guards must hold it back.
import { wideningOfMedian } from '#stats/small-sample.ts';

/** Root mean square of the deviations from `centre` over the slice of `count` values. */
export function spreadAbout(values: Float64Array, from: number, count: number, centre: number): number {
  let squares = 0;
  for (let index = from; index < from + count; index++) {
    const deviation = (values[index] as number) - centre;
    squares += deviation * deviation;
  }
  return Math.sqrt(squares / count);
}

/** Widening of a median with IQR or MAD for each count of points up to `capacity`, as a table for the hot path. */
export function medianWidenings(capacity: number): Float64Array {
  return Float64Array.from({ length: capacity + 1 }, (_, count) => wideningOfMedian(count));
}
