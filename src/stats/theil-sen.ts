// A robust line (Theil 1950, Sen 1968): the median of the slopes between all pairs of points. 29 % of the points can be
// wrong before it is. Costs n² ÷ 2 numbers of memory: thin a long series first (blocks' medians will do).
import { median } from './median.ts';
import { selectMedian } from './select.ts';

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * The line through points (x, y); pairs with the same x have no slope, points with a NaN are left out. Its intercept is
 * median(y) − slope · median(x). NaN when no two points differ in x.
 */
export function theilSen(x: Float64Array, y: Float64Array): Line {
  const there = (_: number, index: number) => !Number.isNaN((x[index] as number) + (y[index] as number));
  const xs = x.filter(there);
  const ys = y.filter(there);
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  let count = 0;
  for (let left = 0; left < xs.length; left++) {
    for (let right = left + 1; right < xs.length; right++) {
      const run = (xs[right] as number) - (xs[left] as number);
      if (run !== 0) slopes[count++] = ((ys[right] as number) - (ys[left] as number)) / run;
    }
  }
  const slope = selectMedian(slopes, 0, count);
  return { slope, intercept: median(ys) - slope * median(xs) };
}
