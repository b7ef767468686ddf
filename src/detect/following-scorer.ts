// What every method does that follows a series with a memory instead of a window: skip what is missing, wait for enough
// points, score, and only then learn. What it calls its baseline is as many points as its memory is worth, ending at the
// newest. Scoring a whole series is stepping through it.
import type { Score } from '#model/score.ts';
import type { OnlineScorer, Params, Scorer } from './contract.ts';
import { isMeasured } from './measured.ts';
import { scoreByStepping, stepThrough } from './rolling-scorer.ts';
import { fillNothing } from './sigma.ts';

/** Fields at the head of the state: points seen, and the first and last time. */
const COUNT = 0;
const FROM_MS = 1;
const TO_MS = 2;
export const FOLLOWING_HEAD = 3;

export interface Following {
  readonly stepMs: number;
  /** Numbers of state, the head among them. */
  readonly size: number;
  readonly minPoints: number;
  /** How many points the memory is worth, of so many seen. */
  worth(state: Float64Array, count: number): number;
  /** What a finding calls the method, where the state has chosen one. */
  nameOf?(state: Float64Array): string;
  /** Fills `out` when `isScored`, and takes the finite value in. */
  take(state: Float64Array, timeMs: number, value: number, isScored: boolean, out: Score): void;
}

export const MIN_POINTS_PARAM = {
  kind: 'number',
  summary: 'Least points before the first score.',
  default: 20,
  min: 10,
  max: 10_000,
  integer: true,
  unit: 'points',
} as const satisfies Params[string];

/** How many points the state has seen. */
export function seenOf(state: Float64Array): number {
  return state[COUNT] as number;
}

export function followingScorer(following: Following): Scorer {
  const { stepMs, size, minPoints, nameOf } = following;

  function describe(state: Float64Array, out: Score): void {
    const seen = state[COUNT] as number;
    const count = seen === 0 ? 0 : Math.round(following.worth(state, seen));
    const toMs = state[TO_MS] as number;
    out.baselineCount = count;
    out.baselineFromMs = count === 0 ? Number.NaN : Math.max(state[FROM_MS] as number, toMs - (count - 1) * stepMs);
    out.baselineToMs = count === 0 ? Number.NaN : toMs;
  }

  const online: OnlineScorer = {
    start(history) {
      const state = new Float64Array(size);
      stepThrough(online, history, state);
      return state;
    },
    step(state, timeMs, value, out) {
      describe(state, out);
      fillNothing(out);
      if (!isMeasured(value)) return;
      const seen = state[COUNT] as number;
      following.take(state, timeMs, value, seen >= minPoints, out);
      if (seen === 0) state[FROM_MS] = timeMs;
      state[COUNT] = seen + 1;
      state[TO_MS] = timeMs;
    },
    ...(nameOf !== undefined && { nameOf }),
  };
  return { score: (series) => scoreByStepping(online, series), online };
}
