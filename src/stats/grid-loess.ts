// Loess of degree 0 or 1 on evenly spaced points, as STL needs it many times over (Cleveland et al. 1990, section 2):
// windows and weights are known beforehand. In the middle of the series, where all weigh alike, a line's value is the
// weighted mean by symmetry, and half a window of products is all the work. Constants are those of the authors' program.

export interface GridLoessOptions {
  /** Points in a window; odd. With more than there are points, the weights are wider than the series. */
  readonly span: number;
  readonly degree: 0 | 1;
  /** Fits at each so many points and draws lines between; 1 fits at each. */
  readonly jump: number;
}

/** Nearer than this part of the radius a point has weight 1, beyond the other it has none. */
const NEAR = 0.001;
const FAR = 0.999;
/** A spread of x below this part of the series' length is none. */
const LEAST_SPREAD = 0.001;

function tricube(distance: number, radius: number): number {
  if (distance <= NEAR * radius) return 1;
  if (distance > FAR * radius) return 0;
  const part = distance / radius;
  const near = 1 - part * part * part;
  return near * near * near;
}

/**
 * The smooth of `y[0 .. count)` into `out`. `weights`, when given, multiply those of distance: 0 leaves a point out.
 * Where nothing in the window has weight the value stays as it is. Holds no NaN; allocates a window at most.
 */
export function gridLoess(
  y: Float64Array,
  count: number,
  options: GridLoessOptions,
  weights: Float64Array | undefined,
  out: Float64Array,
): void {
  if (count < 2) {
    if (count === 1) out[0] = y[0] as number;
    return;
  }
  const { span } = options;
  const jump = Math.max(1, Math.min(options.jump, count - 1));
  const half = (span - 1) >> 1;
  const kernel = weights === undefined && span < count ? symmetricKernel(half) : undefined;
  const last = count - 1;
  for (let index = 0; ; index = Math.min(last, index + jump)) {
    if (kernel !== undefined && index >= half && index + half < count) out[index] = convolve(y, index, kernel);
    else out[index] = loessAt(y, count, options, weights, index) ?? (y[index] as number);
    if (index === last) break;
  }
  if (jump > 1) drawLines(out, count, jump);
}

/**
 * The local fit at `x`, which may lie beyond either end of `y[0 .. count)`: then with the window at that end. undefined
 * where nothing has weight.
 */
export function loessAt(
  y: Float64Array,
  count: number,
  { span, degree }: GridLoessOptions,
  weights: Float64Array | undefined,
  x: number,
): number | undefined {
  const from = Math.max(0, Math.min(x - ((span - 1) >> 1), count - span));
  const to = Math.min(count, from + span);
  let radius = Math.max(x - from, to - 1 - x);
  if (span > count) radius += Math.floor((span - count) / 2);
  let sum = 0;
  let first = 0;
  let second = 0;
  let value = 0;
  let slope = 0;
  for (let index = from; index < to; index++) {
    const offset = index - x;
    const near = tricube(offset < 0 ? -offset : offset, radius);
    const weight = weights === undefined ? near : near * (weights[index] as number);
    const along = weight * offset;
    const each = y[index] as number;
    sum += weight;
    first += along;
    second += along * offset;
    value += weight * each;
    slope += along * each;
  }
  if (!(sum > 0)) return undefined;
  const mean = value / sum;
  if (degree === 0) return mean;
  const centre = first / sum;
  const variance = second / sum - centre * centre;
  if (!(Math.sqrt(variance) > LEAST_SPREAD * (count - 1))) return mean;
  return mean - (centre * (slope / sum - centre * mean)) / variance;
}

/** Weights at distance 0 to `half`, which add up to 1 over both sides. */
function symmetricKernel(half: number): Float64Array {
  const kernel = Float64Array.from({ length: half + 1 }, (_, distance) => tricube(distance, half));
  const sum = kernel.reduce((total, weight) => total + 2 * weight, 0) - 1;
  return kernel.map((weight) => weight / sum);
}

function convolve(y: Float64Array, at: number, kernel: Float64Array): number {
  let sum = (kernel[0] as number) * (y[at] as number);
  for (let distance = 1; distance < kernel.length; distance++) {
    sum += (kernel[distance] as number) * ((y[at - distance] as number) + (y[at + distance] as number));
  }
  return sum;
}

/** Lines between the points that were fitted: each `jump`-th, and the last. */
function drawLines(out: Float64Array, count: number, jump: number): void {
  for (let from = 0; from < count - 1; from += jump) {
    const to = Math.min(count - 1, from + jump);
    const start = out[from] as number;
    const rise = ((out[to] as number) - start) / (to - from);
    for (let index = from + 1; index < to; index++) out[index] = start + rise * (index - from);
  }
}
