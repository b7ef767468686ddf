// Seasonal-trend decomposition by loess (STL; Cleveland, Cleveland, McRae & Terpenning 1990): each phase of the period is
// smoothed over the cycles, what is slow is taken out of that, and the rest is smoothed into a trend; a few times over.
// Robust rounds weigh a point less the farther it lies from the sum. O(length · (trend + low-pass span)) a round: for
// long periods let `jump` be a tenth of the spans, as the authors do.
import { type GridLoessOptions, gridLoess, loessAt } from './grid-loess.ts';
import { selectMedian } from './select.ts';

export interface StlOptions {
  /** In points, 2 or more. */
  readonly period: number;
  /** Cycles over which a phase is smoothed; odd, 7 when absent. A very large one gives each cycle the same shape. */
  readonly seasonal?: number;
  /** Points over which the trend is smoothed; odd. Absent: the paper's least that leaves the season alone. */
  readonly trend?: number;
  /** Points of the low-pass; odd. Absent: the next odd number above the period. */
  readonly lowPass?: number;
  /** Degrees of the three smoothers; 1 when absent. */
  readonly degrees?: { readonly seasonal?: 0 | 1; readonly trend?: 0 | 1; readonly lowPass?: 0 | 1 };
  /** Fits at each so many points; 1 when absent. */
  readonly jumps?: { readonly seasonal?: number; readonly trend?: number; readonly lowPass?: number };
  /** Two inner and 15 outer rounds instead of 5 and none. */
  readonly robust?: boolean;
  readonly innerRounds?: number;
  readonly outerRounds?: number;
}

export interface Decomposition {
  readonly seasonal: Float64Array;
  readonly trend: Float64Array;
  /** value − seasonal − trend; NaN where the value is missing. */
  readonly residual: Float64Array;
  /** 0 to 1: what each point counted in the last round. */
  readonly weights: Float64Array;
}

interface Smoothers {
  readonly period: number;
  readonly seasonal: GridLoessOptions;
  readonly trend: GridLoessOptions;
  readonly lowPass: GridLoessOptions;
}

/**
 * The decomposition of evenly spaced values. A missing value (NaN) weighs nothing; season and trend go on through it, and
 * where a whole window is missing they see a straight line between its neighbours. undefined with fewer than two periods
 * of points, or when all are missing.
 */
export function stl(values: Float64Array, options: StlOptions): Decomposition | undefined {
  const { length } = values;
  const { period } = options;
  if (!(Number.isInteger(period) && period >= 2)) throw new RangeError(`a period of ${period} points`);
  const filled = fillGaps(values);
  if (length < 2 * period || filled === undefined) return undefined;
  const smoothers = smoothersOf(options);
  const seasonal = new Float64Array(length);
  const trend = new Float64Array(length);
  const weights = values.map((value) => (Number.isNaN(value) ? 0 : 1));
  const gaps = weights.includes(0);
  const outer = options.outerRounds ?? (options.robust === true ? 15 : 0);
  const inner = options.innerRounds ?? (options.robust === true ? 2 : 5);
  const cycle = new Float64Array(length + 2 * period);
  const low = new Float64Array(length + 2 * period);
  const level = new Float64Array(length);
  for (let round = 0; round <= outer; round++) {
    const used = gaps || round > 0 ? weights : undefined;
    for (let step = 0; step < inner; step++) {
      for (let index = 0; index < length; index++) level[index] = (filled[index] as number) - (trend[index] as number);
      smoothPhases(level, smoothers, used, cycle);
      passLow(cycle, period, low);
      gridLoess(low, length, smoothers.lowPass, undefined, level);
      for (let index = 0; index < length; index++) {
        seasonal[index] = (cycle[period + index] as number) - (level[index] as number);
        level[index] = (filled[index] as number) - (seasonal[index] as number);
      }
      gridLoess(level, length, smoothers.trend, used, trend);
    }
    if (round < outer) weighResiduals(values, seasonal, trend, weights);
  }
  const residual = values.map((value, index) => value - (seasonal[index] as number) - (trend[index] as number));
  return { seasonal, trend, residual, weights };
}

function smoothersOf({ period, seasonal = 7, trend, lowPass, degrees = {}, jumps = {} }: StlOptions): Smoothers {
  const least = (1.5 * period) / (1 - 1.5 / seasonal);
  return {
    period,
    seasonal: { span: nextOdd(seasonal), degree: degrees.seasonal ?? 1, jump: jumps.seasonal ?? 1 },
    trend: { span: nextOdd(trend ?? least), degree: degrees.trend ?? 1, jump: jumps.trend ?? 1 },
    lowPass: { span: nextOdd(lowPass ?? period + 1), degree: degrees.lowPass ?? 1, jump: jumps.lowPass ?? 1 },
  };
}

function nextOdd(value: number): number {
  const whole = Math.ceil(value);
  return whole % 2 === 0 ? whole + 1 : whole;
}

/** Missing values on straight lines between their neighbours, level at the ends; undefined when there is no value. */
function fillGaps(values: Float64Array): Float64Array | undefined {
  const filled = values.slice();
  let last = -1;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    const from = last < 0 ? value : (values[last] as number);
    for (let gap = last + 1; gap < index; gap++) filled[gap] = from + ((value - from) * (gap - last)) / (index - last);
    last = index;
  }
  if (last < 0) return undefined;
  return filled.fill(values[last] as number, last + 1);
}

/** Each phase smoothed over its cycles and carried on by one cycle on either side: `length + 2 · period` values. */
function smoothPhases(
  values: Float64Array,
  { period, seasonal }: Smoothers,
  weights: Float64Array | undefined,
  out: Float64Array,
): void {
  const most = Math.ceil(values.length / period);
  const phaseValues = new Float64Array(most);
  const phaseWeights = weights === undefined ? undefined : new Float64Array(most);
  const smooth = new Float64Array(most);
  for (let phase = 0; phase < period; phase++) {
    let count = 0;
    for (let index = phase; index < values.length; index += period) {
      phaseValues[count] = values[index] as number;
      if (phaseWeights !== undefined) phaseWeights[count] = weights?.[index] as number;
      count++;
    }
    gridLoess(phaseValues, count, seasonal, phaseWeights, smooth);
    out[phase] = loessAt(phaseValues, count, seasonal, phaseWeights, -1) ?? (smooth[0] as number);
    for (let at = 0; at < count; at++) out[(at + 1) * period + phase] = smooth[at] as number;
    const after = loessAt(phaseValues, count, seasonal, phaseWeights, count) ?? (smooth[count - 1] as number);
    out[(count + 1) * period + phase] = after;
  }
}

/** Moving means over a period, a period and three points, in place of one another: `length` values come of it. */
function passLow(cycle: Float64Array, period: number, out: Float64Array): void {
  out.set(cycle);
  movingMean(out, cycle.length, period);
  movingMean(out, cycle.length - period + 1, period);
  movingMean(out, cycle.length - 2 * period + 2, 3);
}

/** The means of `width` neighbours of `values[0 .. count)`, each written where the window starts. */
function movingMean(values: Float64Array, count: number, width: number): void {
  let sum = 0;
  for (let index = 0; index < width; index++) sum += values[index] as number;
  for (let index = 0; index + width <= count; index++) {
    const first = values[index] as number;
    values[index] = sum / width;
    if (index + width < count) sum += (values[index + width] as number) - first;
  }
}

/** Bisquare of each residual over six median ones; missing values keep 0. */
function weighResiduals(
  values: Float64Array,
  seasonal: Float64Array,
  trend: Float64Array,
  weights: Float64Array,
): void {
  const residuals = new Float64Array(values.length);
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const residual = Math.abs((values[index] as number) - (seasonal[index] as number) - (trend[index] as number));
    if (!Number.isNaN(residual)) residuals[count++] = residual;
    weights[index] = residual;
  }
  const far = 6 * selectMedian(residuals, 0, count);
  for (let index = 0; index < values.length; index++) {
    const residual = weights[index] as number;
    const part = residual / far;
    if (Number.isNaN(residual)) weights[index] = 0;
    else if (far === 0 || part <= 0.001) weights[index] = 1;
    else weights[index] = part <= 0.999 ? (1 - part * part) ** 2 : 0;
  }
}
