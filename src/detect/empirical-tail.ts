// Sigmas for a measure that is not in sigmas (a depth, a distance): as rare among the window's own as so many sigmas of a
// normal. Of the tenth that is largest only the exponential that goes through it is used (peaks over a threshold, Pickands
// 1975), for rank alone says nothing beyond the largest. Its scale is by the median excess, which a few wild ones leave alone.

import { normalQuantile } from '#stats/normal.ts';
import { quantileSorted } from '#stats/quantile.ts';
import { lowerBound } from '#stats/sorted-window.ts';
import { SCORE_CAP } from './sigma.ts';

const TAIL = 0.1;
/** By its upper quarter an exponential's scale is known as well as by the mean of so many times as many: ln² 4 ÷ 3. */
const QUARTER_WORTH = Math.log(4) ** 2 / 3;

/** How many sigmas (0 or more, capped) a measure is worth, larger being odder, from all measures of the window. */
export function tailSigmas(measures: Float64Array): (measure: number) => number {
  const sorted = measures.slice().sort();
  const count = sorted.length;
  const from = quantileSorted(sorted, 0, count, 1 - TAIL);
  const scale = (quantileSorted(sorted, 0, count, 1 - TAIL / 2) - from) / Math.LN2;
  return (measure) => {
    if (measure <= from) return sigmasOf((count - lowerBound(sorted, 0, count, measure)) / count);
    return scale > 0 ? sigmasOf(TAIL * Math.exp(-(measure - from) / scale)) : SCORE_CAP;
  };
}

/**
 * The same of a measure that is not among the `count` measures, which lie in ascending order in `sorted` from `from` on. The scale
 * of the tail is known only from the few that are in it, so a new one may go farther: the exponential averaged over what its scale
 * may be, which is Lomax's (1954).
 */
export function newTailSigmas(sorted: Float64Array, from: number, count: number, measure: number): number {
  const start = quantileSorted(sorted, from, count, 1 - TAIL);
  if (measure <= start) return sigmasOf((from + count - lowerBound(sorted, from, count, measure)) / count);
  const scale = (quantileSorted(sorted, from, count, 1 - TAIL / 4) - start) / Math.log(4);
  const few = QUARTER_WORTH * TAIL * count;
  return scale > 0 ? sigmasOf(TAIL * (1 + (measure - start) / (scale * few)) ** -few) : SCORE_CAP;
}

/** Both sides of a normal together are as rare. */
function sigmasOf(tail: number): number {
  return tail >= 1 ? 0 : Math.min(SCORE_CAP, -normalQuantile(tail / 2));
}
