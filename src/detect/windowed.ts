// Lets a method that only scores whole windows go point by point: keeps the last points in a ring, scores the window
// that ends with the new point, and takes its last score. Costs a whole window a point and allocates; such methods are
// few (z-score) and their windows short.
import type { Score } from '#model/score.ts';
import type { OnlineScorer, ParamValues, Scorer } from './contract.ts';
import { isMeasured } from './measured.ts';
import { fillNothing } from './sigma.ts';

const COUNT = 0;
const HEAD = 1;
/** The old contract refuses to score fewer points. */
const LEAST_WINDOW = 10;
/** A point costs a whole window: longer ones are cut. */
const MOST_WINDOW = 5000;

/** A scorer's own online half, or the windowed one over the span of its parameter `windowMs` (an hour without one). */
export function onlineOf(scorer: Scorer, parameters: ParamValues, stepMs: number): OnlineScorer {
  if (scorer.online !== undefined) return scorer.online;
  return windowed(scorer, windowPoints(parameters, stepMs), stepMs);
}

/** How many points such a window holds. */
export function windowPoints(parameters: ParamValues, stepMs: number): number {
  const windowMs = Number(parameters.windowMs ?? 3_600_000);
  return Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, Math.round(windowMs / stepMs)));
}

/** An online scorer over windows of the last `capacity` recorded points, the new one among them. */
export function windowed(scorer: Scorer, capacity: number, stepMs: number): OnlineScorer {
  const valuesAt = HEAD + capacity;

  /** How many points there are with this one. */
  function take(state: Float64Array, timeMs: number, value: number): number {
    const held = state[COUNT] as number;
    const count = Math.min(held + 1, capacity);
    if (held === capacity) {
      state.copyWithin(HEAD, HEAD + 1, valuesAt);
      state.copyWithin(valuesAt, valuesAt + 1, valuesAt + capacity);
    }
    state[COUNT] = count;
    state[HEAD + count - 1] = timeMs;
    state[valuesAt + count - 1] = value;
    return count;
  }

  function step(state: Float64Array, timeMs: number, value: number, out: Score): void {
    const held = state[COUNT] as number;
    if (!isMeasured(value)) {
      fillNothing(out);
      describe(state, held, out);
      return;
    }
    const count = take(state, timeMs, value);
    const timesMs = state.subarray(HEAD, HEAD + count);
    const scores = scorer.score({ stepMs, timesMs, values: state.subarray(valuesAt, valuesAt + count) });
    out.score = scores.scores[count - 1] as number;
    out.expected = scores.expected[count - 1] as number;
    out.lower = scores.lower[count - 1] as number;
    out.upper = scores.upper[count - 1] as number;
    describe(state, count, out);
  }

  function describe(state: Float64Array, count: number, out: Score): void {
    out.baselineCount = count;
    out.baselineFromMs = count === 0 ? Number.NaN : (state[HEAD] as number);
    out.baselineToMs = count === 0 ? Number.NaN : (state[HEAD + count - 1] as number);
  }

  return {
    start(history) {
      const state = new Float64Array(HEAD + 2 * capacity);
      // The state is the ring alone: scoring each point of a history would cost a window a point, for nothing.
      for (const [index, value] of history.values.entries())
        if (isMeasured(value)) take(state, history.timesMs[index] as number, value);
      return state;
    },
    step,
  };
}
