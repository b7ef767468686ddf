// The level of a series at each point, and one sigma of the noise about it: what a fault's size is measured in. The level is
// the median of the points around, which neither a spike nor a short gap moves, and which follows a day's season.
import { quantileSorted, sortedFinite } from './quantile.ts';
import { rollingMedianMad } from './rolling-median-mad.ts';

export interface LevelAndNoise {
  /** NaN where no value is near. */
  readonly levels: Float64Array;
  /** 0 where the values never leave their level. */
  readonly sigma: number;
}

const AROUND = 15;
/** Of a normal so much lies below −2 sigmas. The middle half alone would call the long tails of most metrics rare. */
const BELOW_TWO_SIGMAS = 0.0228;

/** Level and noise of `values` (NaN is missing); sigma is 0 without a value. */
export function levelAndNoise(values: Float64Array): LevelAndNoise {
  const { medians } = rollingMedianMad(values, { window: 2 * AROUND + 1, minPoints: 1 });
  const last = medians.length - 1;
  const levels = medians.map((_, index) => medians[Math.min(index + AROUND, last)] as number);
  const rests = values.map((value, index) => value - (levels[index] as number));
  const sorted = sortedFinite(rests);
  const at = (ratio: number) => quantileSorted(sorted, 0, sorted.length, ratio);
  const robust = (at(1 - BELOW_TWO_SIGMAS) - at(BELOW_TWO_SIGMAS)) / 4;
  // Of what is nearly always the same the middle is one value.
  return { levels, sigma: robust > 0 ? robust : rootMeanSquare(rests) };
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value * value;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}
