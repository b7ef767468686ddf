// Lets a method that only scores whole windows go point by point: keeps the last points in a ring, scores the window
// that ends with the new point, and takes its last score. Costs a whole window a point and allocates; such methods are
// few (z-score) and their windows short.
import type { Score } from '#model/score.ts';
import type { OnlineScorer, ParamValues, Scorer } from './contract.ts';
import { isMeasured } from './measured.ts';
import { stepThrough } from './rolling-scorer.ts';
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
  const windowMs = Number(parameters.windowMs ?? 3_600_000);
  return windowed(scorer, Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, Math.round(windowMs / stepMs))), stepMs);
}

/** An online scorer over windows of the last `capacity` recorded points, the new one among them. */
export function windowed(scorer: Scorer, capacity: number, stepMs: number): OnlineScorer {
  const valuesAt = HEAD + capacity;

  function step(state: Float64Array, timeMs: number, value: number, out: Score): void {
    const held = state[COUNT] as number;
    if (!isMeasured(value)) {
      fillNothing(out);
      describe(state, held, out);
      return;
    }
    const count = Math.min(held + 1, capacity);
    if (held === capacity) {
      state.copyWithin(HEAD, HEAD + 1, valuesAt);
      state.copyWithin(valuesAt, valuesAt + 1, valuesAt + capacity);
    }
    state[COUNT] = count;
    state[HEAD + count - 1] = timeMs;
    state[valuesAt + count - 1] = value;
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

  const online: OnlineScorer = {
    start(history) {
      const state = new Float64Array(HEAD + 2 * capacity);
      stepThrough(online, history, state);
      return state;
    },
    step,
  };
  return online;
}
