// Half-space trees (Tan, Ting & Liu, Fast anomaly detection for streaming data, IJCAI 2011): trees that halve space at random before
// any row is seen, and count how many rows of a window lie in each half. Where few lay is odd. The counts of the last whole window
// are what a row is held against while those of the next are made. O(trees · height) a row, and nothing is allocated. Trees lie
// as heaps do: the root is node 1, and the children of node n are 2n and 2n + 1. The same seed gives the same trees.
import { createRng, type Rng } from './rng.ts';

export interface HalfSpaceOptions {
  /** How many features a row has. */
  readonly cols: number;
  /** 25 when absent, as in the paper. */
  readonly trees?: number;
  /** How often each tree halves space, 1 to 20; 15 when absent, as in the paper. */
  readonly height?: number;
  /** Between what each feature mostly lies, the lower first; 0 and 1 when absent. What lies beyond is odd, and no error. */
  readonly limits?: readonly (readonly [low: number, high: number])[];
  readonly seed: number;
}

/** What is drawn once; any number of streams may share it. */
export interface HalfSpaceTrees {
  readonly trees: number;
  readonly height: number;
  /** From one tree's first node to the next one's in the two arrays; a tree has as many leaves. */
  readonly stride: number;
  /** The feature that a node halves. */
  readonly features: Uint16Array;
  /** Where; what is below goes to the first child. */
  readonly thresholds: Float64Array;
}

/**
 * How far a tree's space reaches from a random place in the limits, in units of the way to the farther limit. The paper says 2;
 * that leaves most of the first halvings in the void beside all rows. 1 still covers the limits, and no two trees cut alike.
 */
const REACH = 1;

/** Trees of random halves. RangeError where there is no feature, or limits for another number of them, or no such height. */
export function growHalfSpaceTrees(options: HalfSpaceOptions): HalfSpaceTrees {
  const { cols, trees = 25, height = 15, limits, seed } = options;
  if (!(height >= 1 && height <= 20)) throw new RangeError(`height ${height}: 1 to 20 are possible`);
  if (cols < 1 || (limits !== undefined && limits.length !== cols)) {
    throw new RangeError(`${cols} features and ${limits?.length ?? 'no'} limits`);
  }
  const stride = 2 ** height;
  const features = new Uint16Array(trees * stride);
  const thresholds = new Float64Array(trees * stride);
  const rng = createRng(seed);
  const low = new Float64Array(cols);
  const high = new Float64Array(cols);
  for (let tree = 0; tree < trees; tree++) {
    for (let col = 0; col < cols; col++) {
      const [from, to] = limits?.[col] ?? [0, 1];
      const centre = rng.uniform();
      const reach = REACH * Math.max(centre, 1 - centre);
      low[col] = from + (centre - reach) * (to - from);
      high[col] = from + (centre + reach) * (to - from);
    }
    const own = [tree * stride, (tree + 1) * stride] as const;
    halve({ rng, low, high, features: features.subarray(...own), thresholds: thresholds.subarray(...own) }, 1);
  }
  return { trees, height, stride, features, thresholds };
}

interface Halving {
  readonly rng: Rng;
  /** The node's own part of space. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly features: Uint16Array;
  readonly thresholds: Float64Array;
}

function halve(halving: Halving, node: number): void {
  const { rng, low, high, features, thresholds } = halving;
  if (node >= features.length) return;
  const feature = Math.floor(rng.uniform() * low.length);
  const from = low[feature] as number;
  const to = high[feature] as number;
  const middle = (from + to) / 2;
  features[node] = feature;
  thresholds[node] = middle;
  high[feature] = middle;
  halve(halving, 2 * node);
  high[feature] = to;
  low[feature] = middle;
  halve(halving, 2 * node + 1);
  low[feature] = from;
}

/** How many numbers the counts of a window take: one for each node and leaf. All 0 is an empty window. */
export function massesOf({ trees, stride }: HalfSpaceTrees): number {
  return trees * 2 * stride;
}

/**
 * Counts a row, which begins at `row` in `values`, into the masses that begin at `at`; `times` -1 takes it out again. A NaN goes
 * where large values go.
 */
export function addMass(
  forest: HalfSpaceTrees,
  masses: Float64Array,
  at: number,
  values: Float64Array,
  row: number,
  times = 1,
): void {
  const { trees, height, stride, features, thresholds } = forest;
  // Two trees side by side: while one waits for memory the other goes on. The last of an odd number goes alone.
  for (let tree = 0; tree < trees; tree += 2) {
    const cutsA = tree * stride;
    const cutsB = cutsA + stride;
    const countsA = at + 2 * cutsA;
    const countsB = countsA + 2 * stride;
    const alone = tree + 1 === trees;
    let a = 1;
    let b = 1;
    masses[countsA + 1] = (masses[countsA + 1] as number) + times;
    if (!alone) masses[countsB + 1] = (masses[countsB + 1] as number) + times;
    for (let depth = 0; depth < height; depth++) {
      // A sum for the side: a branch would be guessed wrong every other time.
      const value = values[row + (features[cutsA + a] as number)] as number;
      a = 2 * a + 1 - Number(value < (thresholds[cutsA + a] as number));
      masses[countsA + a] = (masses[countsA + a] as number) + times;
      if (alone) continue;
      const other = values[row + (features[cutsB + b] as number)] as number;
      b = 2 * b + 1 - Number(other < (thresholds[cutsB + b] as number));
      masses[countsB + b] = (masses[countsB + b] as number) + times;
    }
  }
}

/**
 * How crowded it is where a row lies, by the masses that begin at `at`: the count of the first part of space with fewer than
 * `least` rows, or of the leaf, times 2 for each halving, summed over the trees. The paper's score, whose `least` is a tenth of
 * the window: the smaller the odder, and 0 where nothing was.
 */
export function massAt(
  forest: HalfSpaceTrees,
  masses: Float64Array,
  at: number,
  least: number,
  values: Float64Array,
  row: number,
): number {
  const { trees, height, stride, features, thresholds } = forest;
  let sum = 0;
  for (let tree = 0; tree < trees; tree++) {
    const cuts = tree * stride;
    const counts = at + 2 * cuts;
    let node = 1;
    let scale = 1;
    let mass = masses[counts + 1] as number;
    for (let depth = 0; depth < height && mass >= least; depth++) {
      const value = values[row + (features[cuts + node] as number)] as number;
      node = 2 * node + 1 - Number(value < (thresholds[cuts + node] as number));
      scale *= 2;
      mass = masses[counts + node] as number;
    }
    sum += mass * scale;
  }
  return sum;
}
