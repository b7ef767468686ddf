// Takes the straight trend and the wildest values off a series before its shape is asked for: a Theil–Sen line through
// the medians of blocks, which neither spikes nor gaps bend, and a limit in robust sigmas.
import { mad, SIGMA_PER_MAD } from './mad.ts';
import { median } from './median.ts';
import { theilSen } from './theil-sen.ts';

const BLOCKS = 24;
/** Further out a value says that something happened, and no longer how much. */
const MOST_SIGMAS = 8;

/** The values less their robust line, NaN where missing; undefined when fewer than 12 are there or all are the same. */
export function levelled(values: Float64Array): Float64Array | undefined {
  const count = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
  const anchor = values.find((value) => !Number.isNaN(value));
  if (count < 12 || values.every((value) => Number.isNaN(value) || value === anchor)) return undefined;
  const blocks = Math.min(BLOCKS, values.length);
  const x = new Float64Array(blocks);
  const y = new Float64Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const from = Math.floor((block * values.length) / blocks);
    const to = Math.floor(((block + 1) * values.length) / blocks);
    x[block] = (from + to - 1) / 2;
    y[block] = median(values.subarray(from, to));
  }
  const { slope, intercept } = theilSen(x, y);
  if (Number.isNaN(slope)) return values.map((value) => value - (anchor as number));
  return values.map((value, index) => value - intercept - slope * index);
}

/** Limits values, in place, to eight robust sigmas about their median; standard deviations where most values are one. */
export function clip(values: Float64Array): void {
  const centre = median(values);
  const sigma = SIGMA_PER_MAD * mad(values);
  const reach = MOST_SIGMAS * (sigma > 0 ? sigma : deviation(values, centre));
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    values[index] = Math.max(centre - reach, Math.min(centre + reach, value)) - centre;
  }
}

function deviation(values: Float64Array, centre: number): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += (value - centre) ** 2;
    count++;
  }
  return Math.sqrt(sum / count);
}
