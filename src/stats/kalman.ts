// The Kalman filter of one series: what a linear state-space model expects of each point from those before it, with the
// variance, and the likelihood of the whole. States that nothing is known of start exactly diffuse (Koopman 1997; Durbin &
// Koopman, Time Series Analysis by State Space Methods, 2012, 5.2), not with some large variance. O(points · size · what
// of the transition is not 0), and size² for the update.

/** y = design · state + noise, next state = transition · state + noise. Matrices lie row by row. */
export interface StateSpace {
  readonly size: number;
  readonly design: Float64Array;
  readonly transition: Float64Array;
  /** Covariance of the states' noise. */
  readonly stateNoise: Float64Array;
  /** Variance of the observation's noise. */
  readonly noise: number;
  /** The state before the first point, and its covariance. */
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Which states are unknown at the start (1), and not covered by `covariance`; none when absent. */
  readonly diffuse?: Float64Array;
}

export interface Filtered {
  /** What is expected of each point from those before it. */
  readonly expected: Float64Array;
  /** The variance of point − expected; Infinity while states are unknown. */
  readonly variances: Float64Array;
  readonly logLikelihood: number;
  /** The mean of (point − expected)² ÷ variance: where all variances are known but for one factor, that factor. */
  readonly scale: number;
  /** The log-likelihood with all variances multiplied by `scale`, which is the best factor. */
  readonly concentrated: number;
  /** The state expected after the last point, and its covariance. */
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** A diffuse variance that rounding alone left. */
const NIL = 1e-9;

/** Filters the values. A missing value (NaN) is expected as any, teaches nothing, and takes no part in the likelihood. */
export function kalmanFilter(model: StateSpace, values: Float64Array): Filtered {
  const { size, design } = model;
  const expected = new Float64Array(values.length);
  const variances = new Float64Array(values.length);
  const mean = model.mean.slice();
  const covariance = model.covariance.slice();
  const step = predictor(model);
  const unknown = diffuseStart(model);
  const gain = new Float64Array(size);
  const infinite = new Float64Array(size);
  let isDiffuse = unknown.some((each) => each !== 0);
  let logs = 0;
  let squares = 0;
  let count = 0;
  let diffuseCount = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const forecast = dot(design, mean);
    const variance = times(covariance, design, gain) + model.noise;
    const unbounded = isDiffuse ? times(unknown, design, infinite) : 0;
    const isUnknown = unbounded > NIL;
    expected[index] = forecast;
    variances[index] = isUnknown ? Number.POSITIVE_INFINITY : variance;
    const off = value - forecast;
    if (!Number.isNaN(off)) {
      count++;
      if (isUnknown) {
        learnUnknown(mean, covariance, unknown, gain, infinite, off, variance, unbounded);
        logs += Math.log(unbounded);
        diffuseCount++;
      } else if (variance > 0) {
        learn(mean, covariance, gain, off, variance);
        logs += Math.log(variance);
        squares += (off * off) / variance;
      }
    }
    step(mean, covariance);
    if (isDiffuse) {
      step(undefined, unknown);
      isDiffuse = unknown.some((each) => Math.abs(each) > NIL);
    }
  }
  const known = count - diffuseCount;
  const scale = squares / known;
  const constant = count * Math.log(2 * Math.PI) + logs;
  return {
    expected,
    variances,
    logLikelihood: -(constant + squares) / 2,
    scale,
    concentrated: -(constant + known * (Math.log(scale) + 1)) / 2,
    mean,
    covariance,
  };
}

function diffuseStart({ size, diffuse }: StateSpace): Float64Array {
  const unknown = new Float64Array(size * size);
  diffuse?.forEach((each, index) => {
    unknown[index * size + index] = each;
  });
  return unknown;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

/** Fills `out` with matrix · vector and returns vector · that. */
function times(matrix: Float64Array, vector: Float64Array, out: Float64Array): number {
  const size = vector.length;
  let total = 0;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let col = 0; col < size; col++) sum += (matrix[row * size + col] as number) * (vector[col] as number);
    out[row] = sum;
    total += sum * (vector[row] as number);
  }
  return total;
}

/** The update of mean and covariance by an observation that is `off`; `gain` is covariance · design. */
function learn(mean: Float64Array, covariance: Float64Array, gain: Float64Array, off: number, variance: number): void {
  const size = mean.length;
  for (let row = 0; row < size; row++) {
    const share = (gain[row] as number) / variance;
    mean[row] = (mean[row] as number) + share * off;
    for (let col = 0; col < size; col++) {
      const at = row * size + col;
      covariance[at] = (covariance[at] as number) - share * (gain[col] as number);
    }
  }
}

/** The same where the observation first of all settles what was unknown: Durbin & Koopman's (5.14). */
function learnUnknown(
  mean: Float64Array,
  covariance: Float64Array,
  unknown: Float64Array,
  gain: Float64Array,
  infinite: Float64Array,
  off: number,
  variance: number,
  unbounded: number,
): void {
  const size = mean.length;
  for (let row = 0; row < size; row++) {
    const share = (infinite[row] as number) / unbounded;
    mean[row] = (mean[row] as number) + share * off;
    for (let col = 0; col < size; col++) {
      const at = row * size + col;
      const other = (infinite[col] as number) / unbounded;
      covariance[at] =
        (covariance[at] as number) +
        share * other * variance -
        share * (gain[col] as number) -
        (gain[row] as number) * other;
      unknown[at] = (unknown[at] as number) - share * (infinite[col] as number);
    }
  }
}

/** One step of time, in place; without a mean the covariance given gets no noise. Knows what of the transition is 0. */
function predictor({ size, transition, stateNoise }: StateSpace) {
  const rows: number[] = [];
  const cols: number[] = [];
  transition.forEach((value, at) => {
    if (value === 0) return;
    rows.push(Math.floor(at / size));
    cols.push(at % size);
  });
  const held = Float64Array.from(rows, (row, index) => transition[row * size + (cols[index] as number)] as number);
  const next = new Float64Array(size);
  const half = new Float64Array(size * size);
  return (mean: Float64Array | undefined, covariance: Float64Array): void => {
    if (mean !== undefined) {
      next.fill(0);
      for (let index = 0; index < held.length; index++) {
        const row = rows[index] as number;
        next[row] = (next[row] as number) + (held[index] as number) * (mean[cols[index] as number] as number);
      }
      mean.set(next);
    }
    half.fill(0);
    for (let index = 0; index < held.length; index++) {
      const value = held[index] as number;
      const to = (rows[index] as number) * size;
      const from = (cols[index] as number) * size;
      for (let col = 0; col < size; col++) {
        half[to + col] = (half[to + col] as number) + value * (covariance[from + col] as number);
      }
    }
    if (mean === undefined) covariance.fill(0);
    else covariance.set(stateNoise);
    for (let index = 0; index < held.length; index++) {
      const value = held[index] as number;
      const to = rows[index] as number;
      const from = cols[index] as number;
      for (let row = 0; row < size; row++) {
        const at = row * size;
        covariance[at + to] = (covariance[at + to] as number) + value * (half[at + from] as number);
      }
    }
  };
}
