// Local regression (loess; Cleveland 1979, Cleveland & Devlin 1988): at each x a polynomial of degree 0 to 2 through the
// nearest points, weighted by the tricube of their distance. Robust iterations weigh a point less the farther it lies
// from the last fit (bisquare of its residual over six median ones). O(points · span · (1 + iterations)).
import { selectMedian } from './select.ts';

export interface LoessOptions {
  /** How many of the nearest points take part in each fit, from 2 on (all when there are fewer). */
  readonly span: number;
  /** 1 when absent. */
  readonly degree?: 0 | 1 | 2;
  /** How often residuals are looked at and the curve fitted again; 0 when absent. */
  readonly iterations?: number;
}

/** Beyond this many median residuals a point weighs nothing (Cleveland 1979). */
const FAR_RESIDUAL = 6;

/**
 * The smooth curve at each x; `x` must ascend and hold no NaN. A point whose y is NaN takes part in no fit, but has a
 * value of the curve. NaN where no value is there at all, or robust iterations left no near point any weight; where they
 * left one, the curve is level with it (statsmodels returns each y as it is).
 */
export function loess(
  x: Float64Array,
  y: Float64Array,
  options: LoessOptions,
  out: Float64Array = new Float64Array(x.length),
): Float64Array {
  const there = (_: number, index: number) => !Number.isNaN(y[index] as number);
  const xs = x.filter(there);
  const ys = y.filter(there);
  if (xs.length === 0) return out.fill(Number.NaN);
  const span = Math.max(1, Math.min(xs.length, Math.floor(options.span)));
  const degree = options.degree ?? 1;
  const weights = new Float64Array(xs.length).fill(1);
  const fitted = new Float64Array(xs.length);
  for (let round = options.iterations ?? 0; round > 0; round--) {
    smooth(xs, ys, weights, span, degree, xs, fitted);
    weighResiduals(ys, fitted, weights);
  }
  smooth(xs, ys, weights, span, degree, x, out);
  return out;
}

/** The curve through (xs, ys) at each of the ascending `at`. */
function smooth(
  xs: Float64Array,
  ys: Float64Array,
  weights: Float64Array,
  span: number,
  degree: number,
  at: Float64Array,
  out: Float64Array,
): void {
  let left = 0;
  for (let index = 0; index < at.length; index++) {
    const x = at[index] as number;
    while (left + span < xs.length && x - (xs[left] as number) > (xs[left + span] as number) - x) left++;
    out[index] = fitAt(xs, ys, weights, x, left, left + span, degree);
  }
}

/** The local polynomial's value at `x`: moments about x, so that the value is the constant of the polynomial. */
function fitAt(
  xs: Float64Array,
  ys: Float64Array,
  weights: Float64Array,
  x: number,
  from: number,
  to: number,
  degree: number,
): number {
  const radius = Math.max(x - (xs[from] as number), (xs[to - 1] as number) - x);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  for (let index = from; index < to; index++) {
    // In units of the radius; all points at one x have the same weight.
    const u = radius > 0 ? ((xs[index] as number) - x) / radius : 0;
    const distance = u < 0 ? -u : u;
    const near = 1 - distance * distance * distance;
    const weight = (weights[index] as number) * near * near * near;
    const y = weight * (ys[index] as number);
    const wu = weight * u;
    const wuu = wu * u;
    s0 += weight;
    s1 += wu;
    s2 += wuu;
    s3 += wuu * u;
    s4 += wuu * u * u;
    t0 += y;
    t1 += y * u;
    t2 += y * u * u;
  }
  if (!(s0 > 0)) return Number.NaN;
  return valueAtZero(s0, [s1 / s0, s2 / s0, s3 / s0, s4 / s0], [t0 / s0, t1 / s0, t2 / s0], degree);
}

/** A spread of the x around, in squares of the radius, below which no slope can be told. */
const FLAT = 1e-12;

/** The constant of the polynomial from moments m[k] of u and t[k] of y uᵏ, both means; of a lower degree where need be. */
function valueAtZero(
  sum: number,
  m: readonly [number, number, number, number],
  t: readonly [number, number, number],
  degree: number,
): number {
  const [m1, m2, m3, m4] = m;
  const variance = m2 - m1 * m1;
  if (!(sum > 0) || degree === 0 || !(variance > FLAT)) return t[0];
  const slope = (t[1] - m1 * t[0]) / variance;
  const line = t[0] - slope * m1;
  if (degree === 1) return line;
  // The square, made orthogonal to the constant and to u.
  const along = (m3 - m1 * m2) / variance;
  const size = m4 - m2 * m2 - along * along * variance;
  if (!(size > FLAT)) return line;
  const bend = (t[2] - m2 * t[0] - along * (t[1] - m1 * t[0])) / size;
  return line + bend * (along * m1 - m2);
}

function weighResiduals(ys: Float64Array, fitted: Float64Array, weights: Float64Array): void {
  for (let index = 0; index < ys.length; index++) {
    weights[index] = Math.abs((ys[index] as number) - (fitted[index] as number));
  }
  const far = FAR_RESIDUAL * selectMedian(weights.slice());
  for (let index = 0; index < ys.length; index++) {
    const residual = weights[index] as number;
    // With half of the residuals 0 any other is far.
    const part = far > 0 ? residual / far : Math.sign(residual);
    weights[index] = part < 1 ? (1 - part * part) ** 2 : 0;
  }
}
