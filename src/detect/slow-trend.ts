// A slow trend, before it is a fault: the slope of a line through the last week in units of its standard error. The window is
// cut into blocks whose means the line is fitted to, so that a memory that fills, or a latency that creeps, shows while no
// point is odd. Neighbours resemble each other, so that blocks count for fewer than they are (Santer et al. 2000). The score
// changes with each block, says nothing of a single point, and its sign is the trend's. A number or two a block of state.

import type { Score } from '#model/score.ts';
import { normalQuantile } from '#stats/normal.ts';
import { studentUpper } from '#stats/student-t.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, seenOf } from './following-scorer.ts';
import { ROUNDING, SCORE_CAP } from './sigma.ts';

/** Where things lie in the state; then the blocks' means. */
const BLOCKS = FOLLOWING_HEAD;
const POINTS = BLOCKS + 1;
const MEAN = POINTS + 1;
const SLOPE = MEAN + 1;
const ERROR = SLOPE + 1;
const CENTRE = ERROR + 1;
const SCORE = CENTRE + 1;
const RING = SCORE + 1;

/** Of fewer blocks, or fewer that they are worth, no error can be told. */
const LEAST_BLOCKS = 10;
const LEAST_WORTH = 3;

/** Sigmas of a normal that is as rarely beyond as Student's t. */
function sigmasOf(t: number, degrees: number): number {
  const size = Math.abs(t);
  const tail = studentUpper(size, degrees);
  // Beyond, the tail is less than the least number; nobody needs to know how much less.
  const sigmas = tail > 1e-300 ? -normalQuantile(tail) : SCORE_CAP;
  return Math.sign(t) * Math.min(SCORE_CAP, sigmas);
}

/** Fits the line through the `count` last means, the newest at 0 and blocks one apart, and keeps what it says. */
function fitLine(state: Float64Array, capacity: number, count: number): void {
  const blocks = state[BLOCKS] as number;
  const meanOf = (back: number) => state[RING + ((blocks - 1 - back) % capacity)] as number;
  const middle = (count - 1) / 2;
  const anchor = meanOf(0);
  let sum = 0;
  let dot = 0;
  for (let back = 0; back < count; back++) {
    const off = meanOf(back) - anchor;
    sum += off;
    dot += (middle - back) * off;
  }
  const spread = (count * (count * count - 1)) / 12;
  const slope = dot / spread;
  const centre = anchor + sum / count;
  let squares = 0;
  let products = 0;
  let before = 0;
  for (let back = count - 1; back >= 0; back--) {
    const rest = meanOf(back) - centre - slope * (middle - back);
    squares += rest * rest;
    products += rest * before;
    before = rest;
  }
  const alike = squares > 0 ? Math.max(0, products / squares) : 0;
  const worth = (count * (1 - alike)) / (1 + alike);
  state[SLOPE] = slope;
  state[CENTRE] = centre;
  state[ERROR] = Math.sqrt(squares / (worth - 2) / spread);
  const rounding = (ROUNDING * Math.abs(centre)) / count;
  if (!(worth >= LEAST_WORTH)) state[SCORE] = Number.NaN;
  else if (Math.abs(slope) <= rounding) state[SCORE] = 0;
  else state[SCORE] = sigmasOf(slope / Math.max(state[ERROR], rounding), worth - 2);
}

function createSlowTrend(values: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const points = Math.max(1, Math.round(Number(values.windowMs) / stepMs));
  const capacity = Math.max(LEAST_BLOCKS, Math.min(Number(values.blocks), points));
  const perBlock = Math.max(1, Math.round(points / capacity));
  const least = Math.max(LEAST_BLOCKS, Math.ceil(capacity / 3));

  function take(state: Float64Array, _timeMs: number, value: number, _isScored: boolean, out: Score): void {
    const count = Math.min(state[BLOCKS] as number, capacity);
    if (count >= least) fill(state, count, out);
    const held = (state[POINTS] as number) + 1;
    const mean = (state[MEAN] as number) + (value - (state[MEAN] as number)) / held;
    state[POINTS] = held < perBlock ? held : 0;
    state[MEAN] = held < perBlock ? mean : 0;
    if (held < perBlock) return;
    state[RING + ((state[BLOCKS] as number) % capacity)] = mean;
    state[BLOCKS] = (state[BLOCKS] as number) + 1;
    const now = Math.min(state[BLOCKS] as number, capacity);
    if (now >= least) fitLine(state, capacity, now);
  }

  /** What is expected is no trend; the band is where the line would end with a slope of three standard errors. */
  function fill(state: Float64Array, count: number, out: Score): void {
    const score = state[SCORE] as number;
    if (Number.isNaN(score)) return;
    const reach = (3 * (state[ERROR] as number) * (count - 1)) / 2;
    out.score = score;
    out.expected = state[CENTRE] as number;
    out.lower = out.expected - reach;
    out.upper = out.expected + reach;
  }

  return followingScorer({
    stepMs,
    size: RING + capacity,
    minPoints: 0,
    take,
    worth: (state) => Math.min(seenOf(state), capacity * perBlock),
  });
}

export const slowTrend: Algorithm = {
  name: 'slow-trend',
  summary: 'Slope over a week in units of its standard error: warns of what creeps, and says nothing of single points.',
  source: 'Santer et al., Statistical significance of trends and trend differences in layer-average temperature (2000)',
  shines: 'Leaks and creeping latency, days before they hurt, while no point is odd.',
  fails: 'Spikes, outages and shifts of hours: it says nothing of them. A strong day hides a leak from short blocks.',
  params: {
    windowMs: {
      kind: 'number',
      summary: 'Recorded time that the line is fitted to; a third of it is needed for the first score.',
      default: 604_800_000,
      min: 3_600_000,
      max: 7_776_000_000,
      unit: 'ms',
    },
    blocks: {
      kind: 'number',
      summary: 'Parts of the window whose means are used. Blocks of some hours even out what repeats within a day.',
      default: 56,
      min: 10,
      max: 500,
      integer: true,
    },
  },
  create: createSlowTrend,
};
