// Distance from an exponentially weighted mean, in exponentially weighted standard deviations: follows drift sooner than
// a window, in five numbers of state. The half-life is recorded time: a point counts for one step, gaps are skipped.
// Weights are normalised from the first point on (as in pandas' `ewm(adjust=True)`), so that there is no start-up bias.
// What it calls its baseline is as many points as the weights are worth (Kish's effective sample size).
import type { Score } from '#model/score.ts';
import { widening } from '#stats/small-sample.ts';
import type { Algorithm, OnlineScorer } from './contract.ts';
import { isMeasured } from './measured.ts';
import { scoreByStepping, stepThrough } from './rolling-scorer.ts';
import { fillNothing, fillScore } from './sigma.ts';

/** State: points seen, first and last time, sum of weights and of their squares, mean, mean squared deviation. */
const STATE = { count: 0, fromMs: 1, toMs: 2, weights: 3, squaredWeights: 4, mean: 5, spread: 6 } as const;
const SIZE = 7;

/**
 * The half-life is never shorter than so many points. Of shorter ones the weights are worth so few points that nothing
 * could score far: a half-life of a minute on points of five would be worth 1.1 and find nothing, without a word.
 */
const LEAST_HALF_LIFE = 4;
/** Weights worth fewer points say nothing of a spread. */
const LEAST_WORTH = 3;

/** How many equally weighted points the weights are worth; 0 before the first. */
function worthOf(state: Float64Array): number {
  const weights = state[STATE.weights] as number;
  return weights === 0 ? 0 : (weights * weights) / (state[STATE.squaredWeights] as number);
}

function push(state: Float64Array, decay: number, timeMs: number, value: number): void {
  const count = state[STATE.count] as number;
  const weights = decay * (state[STATE.weights] as number) + 1;
  const mean = state[STATE.mean] as number;
  const deviation = value - mean;
  const share = 1 / weights;
  state[STATE.count] = count + 1;
  if (count === 0) state[STATE.fromMs] = timeMs;
  state[STATE.toMs] = timeMs;
  state[STATE.weights] = weights;
  state[STATE.squaredWeights] = decay * decay * (state[STATE.squaredWeights] as number) + 1;
  state[STATE.mean] = mean + share * deviation;
  state[STATE.spread] = (1 - share) * ((state[STATE.spread] as number) + share * deviation * deviation);
}

/** Fills count and span of the baseline: what the weights are worth, as far back from the newest point. */
function describe(state: Float64Array, worth: number, stepMs: number, out: Score): void {
  const count = Math.round(worth);
  const toMs = state[STATE.toMs] as number;
  out.baselineCount = count;
  out.baselineFromMs = count === 0 ? Number.NaN : Math.max(state[STATE.fromMs] as number, toMs - (count - 1) * stepMs);
  out.baselineToMs = count === 0 ? Number.NaN : toMs;
}

/** Scores against the weighted mean; the weights are worth so many points. */
function against(state: Float64Array, points: number, value: number, out: Score): void {
  const deviation = Math.sqrt(((state[STATE.spread] as number) * points) / (points - 1));
  fillScore(out, value, state[STATE.mean] as number, deviation * widening(points - 1, 1 / points));
}

export const ema: Algorithm = {
  name: 'ema',
  summary:
    'Distance from an exponentially weighted mean in weighted standard deviations; follows drift, needs little memory.',
  source:
    'Roberts, Control chart tests based on geometric moving averages (1959); Finch, Incremental calculation (2009)',
  params: {
    halfLifeMs: {
      kind: 'number',
      summary:
        'Recorded time after which a point counts for half. Never less than four points, whatever their distance.',
      default: 3_600_000,
      min: 60_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
    minPoints: {
      kind: 'number',
      summary: 'Least points before the first score.',
      default: 20,
      min: 10,
      max: 10_000,
      integer: true,
      unit: 'points',
    },
  },
  create(values, deps) {
    const { stepMs } = deps;
    const decay = 0.5 ** (stepMs / Math.max(Number(values.halfLifeMs), LEAST_HALF_LIFE * stepMs));
    const minPoints = Number(values.minPoints);
    const online: OnlineScorer = {
      start(history) {
        const state = new Float64Array(SIZE);
        stepThrough(online, history, state);
        return state;
      },
      step(state, timeMs, value, out) {
        const worth = worthOf(state);
        describe(state, worth, stepMs, out);
        const enough = (state[STATE.count] as number) >= minPoints && worth >= LEAST_WORTH;
        if (enough && isMeasured(value)) against(state, worth, value, out);
        else fillNothing(out);
        if (isMeasured(value)) push(state, decay, timeMs, value);
      },
    };
    return { score: (series) => scoreByStepping(online, series), online };
  },
};
