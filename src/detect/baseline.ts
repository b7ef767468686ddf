// The baseline that rolling methods share: the last `capacity` points that were recorded, however old, in a flat state
// that can be stored and moved. Gaps are skipped: after a night without data the baseline is what was measured before
// it, and says how old that is. Values are held in order of time and, side by side, sorted.

import type { Score } from '#model/score.ts';
import { SLIDING_SIZE, slideVariance } from '#stats/sliding-variance.ts';
import { insertSorted, replaceSorted } from '#stats/sorted-window.ts';
import type { Params, ParamValues, ScorerDeps } from './contract.ts';

/** No baseline holds more, however dense the points: beyond it more memory buys no better quartile. */
const MOST_POINTS = 50_000;

/** Fields at the head of the state; `CHOICE` belongs to methods that pick another. */
export const COUNT = 0;
/** Where the next value goes: 0 in a full baseline after each full turn, when all of it has been renewed. */
export const NEXT = 1;
export const CHOICE = 2;
/** Where the sliding variance has its fields. */
export const MOMENTS = 3;
const HEAD = MOMENTS + SLIDING_SIZE;

export interface Baseline {
  readonly capacity: number;
  readonly minPoints: number;
  /** Where the values in order of time, and the sorted ones, start in the state. */
  readonly valuesAt: number;
  readonly sortedAt: number;
  /** A state that has seen nothing. */
  start(): Float64Array;
  /** Takes a finite value in; the oldest goes when the baseline is full. */
  push(state: Float64Array, timeMs: number, value: number): void;
  /** Fills count and span of the baseline. */
  describe(state: Float64Array, out: Score): void;
}

export const BASELINE_PARAMS = {
  baselineMs: {
    kind: 'number',
    summary: 'How much recorded time the baseline spans. Gaps are skipped: it is this much of what was measured.',
    default: 7_200_000,
    min: 60_000,
    max: 2_592_000_000,
    unit: 'ms',
  },
  minPoints: {
    kind: 'number',
    summary:
      'Least points before the first score. The baseline never holds fewer, whatever the distance of the points.',
    default: 20,
    min: 10,
    max: 10_000,
    integer: true,
    unit: 'points',
  },
} as const satisfies Params;

/**
 * The baseline that `baselineMs` and `minPoints` ask for at this distance of points. A span of time fits data of a
 * minute (120 points in two hours) and of five (24) with one setting, where a count of points fits only one of them.
 * With state for sorted values (`sorted`) or moments (mean and variance) as the method needs them.
 */
export function createBaseline(
  values: ParamValues,
  deps: ScorerDeps,
  needs: { sorted: boolean; moments: boolean },
): Baseline {
  const minPoints = Number(values.minPoints);
  const asked = Math.min(MOST_POINTS, Math.round(Number(values.baselineMs) / deps.stepMs));
  const capacity = Math.max(minPoints, asked);
  const valuesAt = HEAD;
  const timesAt = valuesAt + capacity;
  const sortedAt = timesAt + capacity;
  const size = needs.sorted ? sortedAt + capacity : sortedAt;

  function push(state: Float64Array, timeMs: number, value: number): void {
    const count = state[COUNT] as number;
    const place = state[NEXT] as number;
    const full = count === capacity;
    const left = full ? (state[valuesAt + place] as number) : Number.NaN;
    state[valuesAt + place] = value;
    state[timesAt + place] = timeMs;
    const next = place + 1 === capacity ? 0 : place + 1;
    state[NEXT] = next;
    if (!full) state[COUNT] = count + 1;
    if (needs.sorted) {
      if (full) replaceSorted(state, sortedAt, count, left, value);
      else insertSorted(state, sortedAt, count, value);
    }
    if (needs.moments) slideVariance(state, MOMENTS, value, left, valuesAt, next);
  }

  function describe(state: Float64Array, out: Score): void {
    const count = state[COUNT] as number;
    const next = state[NEXT] as number;
    out.baselineCount = count;
    if (count === 0) {
      out.baselineFromMs = Number.NaN;
      out.baselineToMs = Number.NaN;
    } else {
      out.baselineFromMs = state[timesAt + (count === capacity ? next : 0)] as number;
      out.baselineToMs = state[timesAt + (next === 0 ? capacity : next) - 1] as number;
    }
  }

  return { capacity, minPoints, valuesAt, sortedAt, start: () => new Float64Array(size), push, describe };
}
