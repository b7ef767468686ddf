// How few of the last window's stretches of points lie where the newest one does, by random halvings of the range of their values
// (see stats/half-space-trees.ts). The logarithm of how crowded it is falls off like a tail, and is read in sigmas among the
// window's own. When as many points have come, they are the window. The sign is the side of its median; that is also what is called
// expected, and there is no band. A point costs trees · height and allocates nothing, and a window's last point as much for each
// of its points; a series takes 8 · trees · 2^(height + 1) bytes, and 16 for each point of the window.

import type { Score } from '#model/score.ts';
import type { Series } from '#model/series.ts';
import { addMass, growHalfSpaceTrees, type HalfSpaceTrees, massAt, massesOf } from '#stats/half-space-trees.ts';
import { medianSorted } from '#stats/median.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { newTailSigmas } from './empirical-tail.ts';
import { isMeasured } from './measured.ts';
import { scoreByStepping, stepThrough } from './rolling-scorer.ts';
import { fillNothing, ROUNDING } from './sigma.ts';
import { SEED_PARAM, WIDTH_PARAM } from './stretch-params.ts';

/** Of fewer nothing is said, for too few are in their tail. The first window is that long; then it doubles until it is whole. */
const LEAST_STRETCHES = 20;
const MOST_STRETCHES = 5000;
/** The paper's: a part of space with less than this share of the window is not divided. */
const LEAST_SHARE = 0.1;
/** What is in a part of space before any row: so an empty half is emptier than an empty quarter. */
const PRIOR = 0.5;
/** How much room is beside the window's values on either side, in units of their range. */
const ROOM = 0.5;

/** Where things lie in the state; then the values since the last window, the window's measures in order, and its masses. */
const HELD = 0;
/** So many held values make the next window. */
const NEXT_AT = 1;
const NEXT_FROM_MS = 2;
const STRETCHES = 3;
const FROM_MS = 4;
const TO_MS = 5;
const LOW = 6;
const RANGE = 7;
const MEDIAN = 8;
const HEAD = 9;

interface Layout {
  readonly forest: HalfSpaceTrees;
  readonly width: number;
  /** A window has no more stretches; `capacity` is how many values they take. */
  readonly most: number;
  readonly capacity: number;
  readonly measuresAt: number;
  readonly massesAt: number;
  /** A stretch, as the trees take it, and values in order: worked with, and kept by nobody. */
  readonly row: Float64Array;
  readonly sorted: Float64Array;
}

function layOut(given: ParamValues, stepMs: number): Layout {
  const width = Number(given.width);
  const [trees, height, seed] = [Number(given.trees), Number(given.height), Number(given.seed)];
  const points = Math.round(Number(given.windowMs) / stepMs);
  const most = Math.min(MOST_STRETCHES, Math.max(LEAST_STRETCHES, points));
  const capacity = most + width - 1;
  return {
    ...{ forest: growHalfSpaceTrees({ cols: width, trees, height, seed }), width, most, capacity },
    ...{ measuresAt: HEAD + capacity, massesAt: HEAD + capacity + most },
    ...{ row: new Float64Array(width), sorted: new Float64Array(capacity) },
  };
}

/** Lays the stretch that begins at `at` before the trees: the window's range with the room beside it goes from 0 to 1. */
function lay({ row, width }: Layout, state: Float64Array, at: number): void {
  const low = state[LOW] as number;
  const range = state[RANGE] as number;
  for (let col = 0; col < width; col++) {
    row[col] = (ROOM + ((state[at + col] as number) - low) / range) / (1 + 2 * ROOM);
  }
}

/** Of the stretch that was laid; the larger the odder. */
function measure({ forest, massesAt, row }: Layout, state: Float64Array): number {
  return -Math.log(massAt(forest, state, massesAt, LEAST_SHARE * (state[STRETCHES] as number), row, 0));
}

/** What is held becomes the window that stretches are held against. */
function takeOver(layout: Layout, state: Float64Array, timeMs: number): void {
  const { width, most, capacity, sorted } = layout;
  const held = state[HELD] as number;
  for (let index = 0; index < held; index++) sorted[index] = state[HEAD + index] as number;
  const values = sorted.subarray(0, held).sort();
  const low = values[0] as number;
  const high = values[held - 1] as number;
  state[LOW] = low;
  // What differs by rounding alone does not differ.
  state[RANGE] = Math.max(high - low, ROUNDING * Math.max(Math.abs(low), Math.abs(high)), Number.MIN_VALUE);
  state[MEDIAN] = medianSorted(values, 0, held);
  state[FROM_MS] = state[NEXT_FROM_MS] as number;
  state[TO_MS] = timeMs;
  const stretches = held - width + 1;
  state[STRETCHES] = stretches;
  countStretches(layout, state, stretches);
  state[NEXT_AT] = Math.min(capacity, held + stretches);
  if (held < capacity) return;
  state.copyWithin(HEAD, HEAD + most, HEAD + capacity);
  state[HELD] = width - 1;
}

function countStretches(layout: Layout, state: Float64Array, stretches: number): void {
  const { forest, measuresAt, massesAt, row } = layout;
  state.fill(PRIOR, massesAt);
  for (let index = 0; index < stretches; index++) {
    lay(layout, state, HEAD + index);
    addMass(forest, state, massesAt, row, 0);
  }
  for (let index = 0; index < stretches; index++) {
    lay(layout, state, HEAD + index);
    // Without itself, as a new one will be measured.
    addMass(forest, state, massesAt, row, 0, -1);
    state[measuresAt + index] = measure(layout, state);
    addMass(forest, state, massesAt, row, 0);
  }
  state.subarray(measuresAt, measuresAt + stretches).sort();
}

function createHalfSpaceTrees(given: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const layout = layOut(given, stepMs);
  const { forest, width, measuresAt, massesAt } = layout;

  function step(state: Float64Array, timeMs: number, value: number, out: Score): void {
    const stretches = state[STRETCHES] as number;
    fillNothing(out);
    out.baselineCount = stretches;
    out.baselineFromMs = stretches === 0 ? Number.NaN : (state[FROM_MS] as number);
    out.baselineToMs = stretches === 0 ? Number.NaN : (state[TO_MS] as number);
    if (!isMeasured(value)) return;
    const held = (state[HELD] as number) + 1;
    state[HELD] = held;
    state[HEAD + held - 1] = value;
    // A stretch has the time of its last point.
    if (held === width) state[NEXT_FROM_MS] = timeMs;
    if (stretches > 0) {
      lay(layout, state, HEAD + held - width);
      const sigmas = newTailSigmas(state, measuresAt, stretches, measure(layout, state));
      out.expected = state[MEDIAN] as number;
      out.score = value < out.expected ? -sigmas : sigmas;
    }
    if (held === state[NEXT_AT]) takeOver(layout, state, timeMs);
  }

  function start(history: Series): Float64Array {
    const state = new Float64Array(massesAt + massesOf(forest));
    state[NEXT_AT] = LEAST_STRETCHES + width - 1;
    stepThrough({ start, step }, history, state);
    return state;
  }

  const online = { start, step };
  return { score: (series) => scoreByStepping(online, series), online };
}

export const halfSpaceTrees: Algorithm = {
  name: 'half-space-trees',
  summary:
    'How few of the last window’s stretches of points lie where the newest does, by random halvings; take a threshold of 3.',
  source:
    'Tan, Ting & Liu, Fast anomaly detection for streaming data (2011); tail by peaks over a threshold, Pickands (1975)',
  shines:
    'Shapes of a few points that were not there before, point by point: a hundredth of what isolation-forest costs.',
  fails:
    'A level that wanders, or has moved for good, is red until a window knows it; and what lasts is usual by then. Scores are bounded: beyond a threshold of 5 there is hardly anything. A series takes some 50 kB.',
  params: {
    width: WIDTH_PARAM,
    trees: {
      kind: 'number',
      summary: 'How many trees are drawn. More make scores steadier, and cost as much more.',
      default: 25,
      min: 5,
      max: 100,
      integer: true,
    },
    height: {
      kind: 'number',
      summary: 'How often each tree halves space. One more looks twice as closely, and takes twice the memory.',
      default: 6,
      min: 3,
      max: 12,
      integer: true,
    },
    seed: SEED_PARAM,
    windowMs: {
      kind: 'number',
      summary:
        'How much recorded time makes a window, which the points of the next are held against; 20 to 5000 points.',
      default: 86_400_000,
      min: 1_200_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
  },
  create: createHalfSpaceTrees,
};
