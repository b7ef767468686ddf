// Rolling median and median absolute deviation about each window's own median. The window is kept sorted, so that the
// median is read off, and the MAD is found in it by bisection: O(log n) and one short move of memory a point, where
// sorting each window's deviations anew costs O(n log n).
import { madSorted } from './mad.ts';
import { medianSorted } from './median.ts';
import type { RollingOptions } from './rolling-z-score.ts';
import { insertSorted, removeSorted, replaceSorted } from './sorted-window.ts';

export interface MedianMad {
  readonly medians: Float64Array;
  readonly mads: Float64Array;
}

/**
 * Median and MAD of the window that ends with each point, the point among them. NaN where the window holds fewer than
 * `minPoints` values; missing values (NaN) take a place in the window and are left out.
 */
export function rollingMedianMad(
  values: Float64Array,
  { window, minPoints }: RollingOptions,
  out: MedianMad = { medians: new Float64Array(values.length), mads: new Float64Array(values.length) },
): MedianMad {
  const sorted = new Float64Array(window + 1);
  const least = Math.max(1, minPoints);
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const gone = index >= window ? (values[index - window] as number) : Number.NaN;
    const came = !Number.isNaN(value);
    if (!Number.isNaN(gone)) {
      if (came) replaceSorted(sorted, 0, count, gone, value);
      else count = removeSorted(sorted, 0, count, gone);
    } else if (came) count = insertSorted(sorted, 0, count, value);
    const enough = count >= least;
    const centre = enough ? medianSorted(sorted, 0, count) : Number.NaN;
    out.medians[index] = centre;
    out.mads[index] = enough ? madSorted(sorted, 0, count, centre) : Number.NaN;
  }
  return out;
}
