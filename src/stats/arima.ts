// Seasonal ARIMA with given orders and coefficients (Box & Jenkins 1970): the exact one-step errors and likelihood by the
// Kalman filter in Harvey's form (1989), started from the stationary distribution; or, at a fraction of the cost, errors
// conditional on nothing having been before the start.
import type { StateSpace } from './kalman.ts';

/** (1 − Σ arₖBᵏ)(1 − Σ seasonalArₖBᵏˢ) of the differenced values = (1 + Σ maₖBᵏ)(1 + Σ seasonalMaₖBᵏˢ) of the noise. */
export interface ArimaCoefficients {
  readonly ar?: readonly number[];
  readonly ma?: readonly number[];
  readonly seasonalAr?: readonly number[];
  readonly seasonalMa?: readonly number[];
  /** s, in points; needed with seasonal coefficients. */
  readonly period?: number;
}

/** values[t] − values[t − lag], `times` over: so many times `lag` values fewer. NaN where either is missing. */
export function difference(values: Float64Array, lag: number, times = 1): Float64Array {
  let result = values;
  for (let round = 0; round < times; round++) {
    const before = result;
    result = before.subarray(lag).map((value, index) => value - (before[index] as number));
  }
  return result;
}

/** Coefficients of the powers of B, from 0 on, of both polynomials multiplied out. */
function polynomials({ ar = [], ma = [], seasonalAr = [], seasonalMa = [], period = 1 }: ArimaCoefficients) {
  const negative = (values: readonly number[]) => values.map((value) => -value);
  return {
    left: multiply(negative(ar), negative(seasonalAr), period),
    right: multiply(ma, seasonalMa, period),
  };
}

/** (1 + Σ aₖBᵏ)(1 + Σ bₖBᵏˢ). */
function multiply(a: readonly number[], b: readonly number[], period: number): Float64Array {
  const product = new Float64Array(a.length + b.length * period + 1);
  for (const [i, x] of [1, ...a].entries()) {
    for (const [k, y] of [1, ...b].entries()) {
      const at = i + k * period;
      product[at] = (product[at] as number) + x * y;
    }
  }
  return product;
}

/**
 * The model of a differenced series with noise of this variance, for `kalmanFilter`. undefined when its autoregressive
 * part is not stationary.
 */
export function arimaModel(coefficients: ArimaCoefficients, variance: number): StateSpace | undefined {
  const { left, right } = polynomials(coefficients);
  const size = Math.max(left.length - 1, right.length, 1);
  const transition = new Float64Array(size * size);
  const stateNoise = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    transition[row * size] = -(left[row + 1] ?? 0);
    if (row + 1 < size) transition[row * size + row + 1] = 1;
    for (let col = 0; col < size; col++)
      stateNoise[row * size + col] = variance * (right[row] ?? 0) * (right[col] ?? 0);
  }
  const covariance = stationaryCovariance(transition, stateNoise, size);
  if (covariance === undefined) return undefined;
  const design = new Float64Array(size);
  design[0] = 1;
  return { size, design, transition, stateNoise, noise: 0, mean: new Float64Array(size), covariance };
}

/** Doublings after which a power of the transition must have vanished: a root of 1 − 1e-8 still does. */
const MOST_DOUBLINGS = 33;
const VANISHED = 1e-30;

/** P = T P Tᵀ + Q by doubling (Anderson & Moore 1979): each round has twice as many terms of the sum. */
function stationaryCovariance(transition: Float64Array, noise: Float64Array, size: number): Float64Array | undefined {
  const sum = noise.slice();
  let power = transition;
  for (let round = 0; round < MOST_DOUBLINGS; round++) {
    const largest = power.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest < VANISHED) return sum;
    if (!(largest < 1e100)) return undefined;
    const half = product(power, sum, size, false);
    const more = product(half, power, size, true);
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (more[at] as number);
    power = product(power, power, size, false);
  }
  return undefined;
}

/** a · b, or a · bᵀ. */
function product(a: Float64Array, b: Float64Array, size: number, transposed: boolean): Float64Array {
  const out = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < size; inner++) {
      const value = a[row * size + inner] as number;
      if (value === 0) continue;
      for (let col = 0; col < size; col++) {
        const other = (transposed ? b[col * size + inner] : b[inner * size + col]) as number;
        out[row * size + col] = (out[row * size + col] as number) + value * other;
      }
    }
  }
  return out;
}

/**
 * The errors of one-step forecasts of a differenced series, all values and errors before the start taken as 0. NaN where
 * a value is missing; later forecasts take what was expected in its place.
 */
export function conditionalErrors(coefficients: ArimaCoefficients, values: Float64Array): Float64Array {
  const { left, right } = polynomials(coefficients);
  const filled = new Float64Array(values.length);
  const errors = new Float64Array(values.length);
  for (let index = 0; index < values.length; index++) {
    let forecast = 0;
    for (let lag = 1; lag < left.length && lag <= index; lag++) {
      forecast -= (left[lag] as number) * (filled[index - lag] as number);
    }
    for (let lag = 1; lag < right.length && lag <= index; lag++) {
      forecast += (right[lag] as number) * (errors[index - lag] as number);
    }
    const value = values[index] as number;
    const missing = Number.isNaN(value);
    filled[index] = missing ? forecast : value;
    errors[index] = missing ? 0 : value - forecast;
  }
  return errors.map((error, index) => (Number.isNaN(values[index] as number) ? Number.NaN : error));
}
