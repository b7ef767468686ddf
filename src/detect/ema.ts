// Distance from an exponentially weighted mean, in exponentially weighted standard deviations: follows drift sooner than
// a window, in five numbers of state. The half-life is recorded time: a point counts for one step, gaps are skipped.
// Weights are normalised from the first point on (as in pandas' `ewm(adjust=True)`), so that there is no start-up bias.
import type { Score } from '#model/score.ts';
import { widening } from '#stats/small-sample.ts';
import type { Algorithm, OnlineScorer } from './contract.ts';
import { isMeasured } from './measured.ts';
import { scoreByStepping, stepThrough } from './rolling-scorer.ts';
import { fillNothing, fillScore } from './sigma.ts';

/** State: points seen, first and last time, sum of weights and of their squares, mean, mean squared deviation. */
const STATE = { count: 0, fromMs: 1, toMs: 2, weights: 3, squaredWeights: 4, mean: 5, spread: 6 } as const;
const SIZE = 7;

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

/** Scores against the weighted mean; the weights are worth as many points as Kish's effective sample size says. */
function against(state: Float64Array, value: number, out: Score): void {
  const weights = state[STATE.weights] as number;
  const points = (weights * weights) / (state[STATE.squaredWeights] as number);
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
      summary: 'Recorded time after which a point counts for half.',
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
    const decay = 0.5 ** (deps.stepMs / Number(values.halfLifeMs));
    const minPoints = Number(values.minPoints);
    const online: OnlineScorer = {
      start(history) {
        const state = new Float64Array(SIZE);
        stepThrough(online, history, state);
        return state;
      },
      step(state, timeMs, value, out) {
        const count = state[STATE.count] as number;
        out.baselineCount = count;
        out.baselineFromMs = count === 0 ? Number.NaN : (state[STATE.fromMs] as number);
        out.baselineToMs = count === 0 ? Number.NaN : (state[STATE.toMs] as number);
        if (count >= minPoints && isMeasured(value)) against(state, value, out);
        else fillNothing(out);
        if (isMeasured(value)) push(state, decay, timeMs, value);
      },
    };
    return { score: (series) => scoreByStepping(online, series), online };
  },
};
