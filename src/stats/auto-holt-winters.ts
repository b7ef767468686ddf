// Exponential smoothing that chooses for itself: with or without a trend, a damping of it, a season, and the logarithm, whose
// additive season is a multiplicative one. Shares are found by least squares of the one-step errors from two starts, and the
// corrected information criterion chooses (Hyndman, Koehler, Ord & Snyder 2008). About 5 ms for 1,000 points.
import { type HoltWintersParameters, type HoltWintersState, holtWinters, holtWintersForecast } from './holt-winters.ts';
import { createSquaresFitter } from './squares-fit.ts';

export interface FittedHoltWinters {
  readonly parameters: HoltWintersParameters;
  /** After the last point. */
  readonly state: HoltWintersState;
  /** Whether parameters and state are of the logarithms. */
  readonly isLogarithmic: boolean;
  /** The corrected information criterion, of the values themselves; lower is better. */
  readonly criterion: number;
}

interface Kind {
  readonly hasTrend: boolean;
  readonly isDamped: boolean;
  readonly period: number;
}

const MOST_PARAMETERS = 4;
/** Shares of level and season to begin with; what is lowest near one need not be so near the other. */
const STARTS = [
  [0.1, 0.1],
  [0.6, 0.3],
] as const;
const LEAST_DAMPING = 0.8;
const MOST_DAMPING = 0.98;

/** The best of what there is to choose from; undefined with fewer than 10 points. `period` is 0, or two of it are there. */
export function autoHoltWinters(values: Float64Array, period: number): FittedHoltWinters | undefined {
  if (values.length < 10) return undefined;
  const trends = [
    { hasTrend: false, isDamped: false },
    { hasTrend: true, isDamped: false },
    { hasTrend: true, isDamped: true },
  ];
  const periods = period >= 2 && values.length >= 2 * period + 5 ? [0, period] : [0];
  const kinds = periods.flatMap((each) => trends.map((trend): Kind => ({ ...trend, period: each })));
  const scales = values.every((value) => value > 0) ? [false, true] : [false];
  let best: FittedHoltWinters | undefined;
  for (const isLogarithmic of scales) {
    const used = isLogarithmic ? values.map(Math.log) : values;
    // The density of a value is that of its logarithm, divided by it.
    const penalty = isLogarithmic ? 2 * used.reduce((sum, value) => sum + value, 0) : 0;
    for (const kind of kinds) {
      const found = fitKind(used, kind);
      const criterion = found.criterion + penalty;
      if (best === undefined || criterion < best.criterion) best = { ...found, criterion, isLogarithmic };
    }
  }
  return best;
}

/** The next `steps` values. */
export function forecastHoltWinters(model: FittedHoltWinters, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, index) => {
    const value = holtWintersForecast(model.state, model.parameters.damping, index + 1);
    return model.isLogarithmic ? Math.exp(value) : value;
  });
}

function fitKind(values: Float64Array, kind: Kind): Omit<FittedHoltWinters, 'isLogarithmic'> {
  const count = values.length;
  const start = startOf(values, kind);
  const fitter = createSquaresFitter(MOST_PARAMETERS, count);
  const errorsAt = (x: Float64Array, out: Float64Array) => {
    holtWinters(values, parametersAt(x, kind), start, out);
    for (let index = 0; index < count; index++) out[index] = (values[index] as number) - (out[index] as number);
  };
  let least = Number.POSITIVE_INFINITY;
  let best = new Float64Array(0);
  for (const [level, seasonal] of STARTS) {
    const x = Float64Array.from([logit(level), ...(kind.hasTrend ? [logit(0.05)] : []), ...(kind.isDamped ? [1] : [])]);
    const whole = kind.period === 0 ? x : Float64Array.of(...x, logit(seasonal));
    const squares = fitter.fit(errorsAt, 0, count, whole);
    if (squares < least) [least, best] = [squares, whole];
  }
  const parameters = parametersAt(best, kind);
  // Shares, the start's states (of a season all but one), and the variance.
  const free = best.length + 2 + (kind.hasTrend ? 1 : 0) + Math.max(0, kind.period - 1);
  const room = Math.max(1, count - free - 1);
  const criterion = count * Math.log(Math.max(least, 1e-300) / count) + 2 * free + (2 * free * (free + 1)) / room;
  return { parameters, state: holtWinters(values, parameters, start).state, criterion };
}

/** Level and trend by the first two periods' means (or the first ten points' line), and the season as what is left. */
function startOf(values: Float64Array, { period, hasTrend }: Kind): HoltWintersState {
  const width = period === 0 ? 5 : period;
  const meanOf = (from: number) => values.subarray(from, from + width).reduce((sum, value) => sum + value / width, 0);
  const [first, second] = [meanOf(0), meanOf(width)];
  const trend = hasTrend ? (second - first) / width : 0;
  const level = first - (trend * (width + 1)) / 2;
  const seasonal = new Float64Array(period);
  const cycles = period === 0 ? 0 : Math.min(4, Math.floor(values.length / period));
  for (let cycle = 0; cycle < cycles; cycle++) {
    const mean = meanOf(cycle * period);
    for (let phase = 0; phase < period; phase++) {
      const along = trend * (phase - (period - 1) / 2);
      const value = (values[cycle * period + phase] as number) - mean - along;
      seasonal[phase] = (seasonal[phase] as number) + value / cycles;
    }
  }
  return { level, trend, seasonal };
}

function parametersAt(x: Float64Array, { hasTrend, isDamped, period }: Kind): HoltWintersParameters {
  let next = 1;
  const level = share(x[0] as number);
  return {
    level,
    trend: hasTrend ? share(x[next++] as number) : 0,
    damping: isDamped ? LEAST_DAMPING + (MOST_DAMPING - LEAST_DAMPING) * share(x[next++] as number) : 1,
    seasonal: period === 0 ? 0 : share(x[next] as number),
  };
}

function share(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(value: number): number {
  return Math.log(value / (1 - value));
}
