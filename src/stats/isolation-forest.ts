// Isolation forest (Liu, Ting & Zhou 2008): trees of random cuts through small samples; what few cuts set apart is odd.
// Trees lie in flat arrays, both children of a node side by side. O(trees · sample · log sample) to grow, O(trees · log
// sample) to score a row. The same seed gives the same forest.
import type { Matrix } from './least-squares.ts';
import { createRng, type Rng } from './rng.ts';

export interface IsolationForestOptions {
  /** 100 when absent. */
  readonly trees?: number;
  /** Rows that each tree is grown from; 256 when absent, and all where there are fewer. */
  readonly sample?: number;
  readonly seed: number;
}

export interface IsolationForest {
  readonly cols: number;
  /** Where each tree's root is. */
  readonly roots: Int32Array;
  /** The column that a node cuts. */
  readonly features: Int32Array;
  /** Where it cuts; nothing is above a leaf's, which is infinite. */
  readonly thresholds: Float64Array;
  /** The child below the cut; the other lies behind it. A leaf is its own. */
  readonly children: Int32Array;
  /** The length of the path to a leaf. */
  readonly paths: Float64Array;
  /** No leaf is deeper. */
  readonly depth: number;
  /** The expected path of a sample: what a path is held against. */
  readonly unit: number;
}

const EULER = 0.5772156649015329;

/**
 * The mean length of an unsuccessful search among `count` values in a binary search tree, 2 H(n − 1) − 2 (n − 1) ÷ n:
 * the path on that is expected of a leaf that was not split. With exact harmonic numbers (the paper's are ln n + γ).
 */
export function averagePath(count: number): number {
  return count < 2 ? 0 : 2 * harmonic(count - 1) - (2 * (count - 1)) / count;
}

function harmonic(count: number): number {
  if (count < 20) {
    let sum = 0;
    for (let index = count; index > 0; index--) sum += 1 / index;
    return sum;
  }
  const square = 1 / (count * count);
  return Math.log(count) + EULER + 1 / (2 * count) - square * (1 / 12 - square * (1 / 120 - square / 252));
}

/** A forest grown from the rows that have no NaN. Without any, or with one, every row that it scores is a half. */
export function growIsolationForest(matrix: Matrix, options: IsolationForestOptions): IsolationForest {
  const { cols, values } = matrix;
  const rng = createRng(options.seed);
  const whole = wholeRows(matrix);
  const size = Math.min(options.sample ?? 256, whole.length);
  const trees = options.trees ?? 100;
  const most = Math.max(1, 2 * size - 1);
  const grower: Grower = {
    cols,
    values,
    rng,
    depth: Math.ceil(Math.log2(Math.max(2, size))),
    features: new Int32Array(trees * most),
    thresholds: new Float64Array(trees * most).fill(Number.POSITIVE_INFINITY),
    children: new Int32Array(trees * most),
    paths: new Float64Array(trees * most),
    columns: Int32Array.from({ length: cols }, (_, col) => col),
    next: 0,
  };
  const roots = new Int32Array(trees);
  for (let tree = 0; tree < trees; tree++) {
    // The first `size` of a shuffle are a sample without replacement.
    for (let index = 0; index < size; index++) swap(whole, index, index + pick(rng, whole.length - index));
    roots[tree] = grower.next++;
    grow(grower, whole, 0, size, roots[tree] as number, 0);
  }
  const { features, thresholds, children, paths, depth } = grower;
  return { cols, roots, features, thresholds, children, paths, depth, unit: averagePath(size) };
}

interface Grower extends Omit<IsolationForest, 'roots' | 'unit'> {
  readonly values: Float64Array;
  readonly rng: Rng;
  readonly columns: Int32Array;
  /** The first free node. */
  next: number;
}

/** Grows the node at `at` over `rows[from .. to)`. */
function grow(grower: Grower, rows: Int32Array, from: number, to: number, at: number, depth: number): void {
  const { features, thresholds, children, paths } = grower;
  const cut = to - from < 2 || depth >= grower.depth ? undefined : chooseCut(grower, rows, from, to);
  if (cut === undefined) {
    children[at] = at;
    paths[at] = depth + averagePath(to - from);
    return;
  }
  const { feature, threshold } = cut;
  const middle = part(grower, rows, from, to, feature, threshold);
  const child = grower.next;
  grower.next += 2;
  features[at] = feature;
  thresholds[at] = threshold;
  children[at] = child;
  grow(grower, rows, from, middle, child, depth + 1);
  grow(grower, rows, middle, to, child + 1, depth + 1);
}

/** A random column among those that differ in these rows, and a random place in its range; undefined when none does. */
function chooseCut(grower: Grower, rows: Int32Array, from: number, to: number) {
  const { columns, cols, values, rng } = grower;
  for (let left = cols; left > 0; left--) {
    const place = pick(rng, left);
    const feature = columns[place] as number;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let index = from; index < to; index++) {
      const value = values[(rows[index] as number) * cols + feature] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low < high) {
      const threshold = low + rng.uniform() * (high - low);
      // Rounded up to the top it would cut nothing off.
      return { feature, threshold: threshold < high ? threshold : low };
    }
    swap(columns, place, left - 1);
  }
  return undefined;
}

/** Rows up to the threshold first; returns where the others begin. */
function part(grower: Grower, rows: Int32Array, from: number, to: number, feature: number, threshold: number): number {
  const { values, cols } = grower;
  let middle = from;
  for (let index = from; index < to; index++) {
    if ((values[(rows[index] as number) * cols + feature] as number) <= threshold) swap(rows, index, middle++);
  }
  return middle;
}

/**
 * How odd each row is, 0 to 1: 2^(−mean path ÷ expected path), so that a half is the average and 1 is set apart at once.
 * NaN for a row with a NaN.
 */
export function scoreIsolation(
  forest: IsolationForest,
  { rows, values }: Matrix,
  out: Float64Array = new Float64Array(rows),
): Float64Array {
  const { cols, roots, unit } = forest;
  out.fill(0, 0, rows);
  const quads = rows - (rows % 4);
  for (const root of roots) {
    walkQuads(forest, root, values, quads, out);
    for (let row = quads; row < rows; row++) walk(forest, root, values, row, out);
  }
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let col = 0; col < cols; col++) sum += values[row * cols + col] as number;
    const path = (out[row] as number) / roots.length;
    out[row] = Number.isNaN(sum) ? Number.NaN : unit > 0 ? 2 ** (-path / unit) : 0.5;
  }
  return out;
}

/**
 * Adds the row's path in one tree. As many steps for each row, and a sum for the side: branches would be guessed wrong
 * every other time.
 */
function walk(forest: IsolationForest, root: number, values: Float64Array, row: number, out: Float64Array): void {
  const { cols, features, thresholds, children, paths, depth } = forest;
  let at = root;
  for (let step = 0; step < depth; step++) {
    const value = values[row * cols + (features[at] as number)] as number;
    at = (children[at] as number) + Number(value > (thresholds[at] as number));
  }
  out[row] = (out[row] as number) + (paths[at] as number);
}

/** The same for the first `rows` rows, four side by side: while one waits for memory the others go on. */
function walkQuads(forest: IsolationForest, root: number, values: Float64Array, rows: number, out: Float64Array): void {
  const { cols, features, thresholds, children, paths, depth } = forest;
  for (let row = 0; row < rows; row += 4) {
    const first = row * cols;
    const second = first + cols;
    const third = second + cols;
    const fourth = third + cols;
    let a = root;
    let b = root;
    let c = root;
    let d = root;
    for (let step = 0; step < depth; step++) {
      const v = values[first + (features[a] as number)] as number;
      const w = values[second + (features[b] as number)] as number;
      const x = values[third + (features[c] as number)] as number;
      const y = values[fourth + (features[d] as number)] as number;
      a = (children[a] as number) + Number(v > (thresholds[a] as number));
      b = (children[b] as number) + Number(w > (thresholds[b] as number));
      c = (children[c] as number) + Number(x > (thresholds[c] as number));
      d = (children[d] as number) + Number(y > (thresholds[d] as number));
    }
    out[row] = (out[row] as number) + (paths[a] as number);
    out[row + 1] = (out[row + 1] as number) + (paths[b] as number);
    out[row + 2] = (out[row + 2] as number) + (paths[c] as number);
    out[row + 3] = (out[row + 3] as number) + (paths[d] as number);
  }
}

function wholeRows({ rows, cols, values }: Matrix): Int32Array {
  const whole = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let col = 0; col < cols; col++) sum += values[row * cols + col] as number;
    if (!Number.isNaN(sum)) whole[count++] = row;
  }
  return whole.subarray(0, count);
}

function pick(rng: Rng, count: number): number {
  return Math.floor(rng.uniform() * count);
}

function swap(values: Int32Array, a: number, b: number): void {
  const value = values[a] as number;
  values[a] = values[b] as number;
  values[b] = value;
}
