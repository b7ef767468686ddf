// Distance from an exponentially weighted mean, in exponentially weighted standard deviations: follows drift sooner than
// a window, in five numbers of state. The half-life is recorded time: a point counts for one step, gaps are skipped.
// Weights are normalised from the first point on (as in pandas' `ewm(adjust=True)`), so that there is no start-up bias.
// What it calls its baseline is as many points as the weights are worth (Kish's effective sample size).
import type { Score } from '#model/score.ts';
import { widening } from '#stats/small-sample.ts';
import type { Algorithm, ParamValues } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM } from './following-scorer.ts';
import { emaRules } from './promql/ema.ts';
import { fillScore } from './sigma.ts';
import { learnMean, WEIGHTED_MEAN_SIZE, weightedMean, worthOf } from './weighted-mean.ts';

/** Where things lie in the state: the weighted mean, and the mean squared deviation. */
const MEAN = FOLLOWING_HEAD;
const SPREAD = MEAN + WEIGHTED_MEAN_SIZE;
const SIZE = SPREAD + 1;

/**
 * The half-life is never shorter than so many points. Of shorter ones the weights are worth so few points that nothing
 * could score far: a half-life of a minute on points of five would be worth 1.1 and find nothing, without a word.
 */
const LEAST_HALF_LIFE = 4;
/** Weights worth fewer points say nothing of a spread. */
const LEAST_WORTH = 3;

function push(state: Float64Array, decay: number, value: number): void {
  const deviation = value - weightedMean(state, MEAN);
  const share = learnMean(state, MEAN, decay, value);
  state[SPREAD] = (1 - share) * ((state[SPREAD] as number) + share * deviation * deviation);
}

/** Scores against the weighted mean; the weights are worth so many points. */
function against(state: Float64Array, points: number, value: number, out: Score): void {
  const deviation = Math.sqrt(((state[SPREAD] as number) * points) / (points - 1));
  fillScore(out, value, weightedMean(state, MEAN), deviation * widening(points - 1, 1 / points));
}

/** What is left of a point's weight after a step. */
function decayOf(values: ParamValues, stepMs: number): number {
  return 0.5 ** (stepMs / Math.max(Number(values.halfLifeMs), LEAST_HALF_LIFE * stepMs));
}

export const ema: Algorithm = {
  name: 'ema',
  summary:
    'Distance from an exponentially weighted mean in weighted standard deviations; follows drift, needs little memory.',
  source:
    'Roberts, Control chart tests based on geometric moving averages (1959); Finch, Incremental calculation (2009)',
  shines: 'Levels that drift by themselves, at the least cost in memory.',
  fails: 'What is done at the same hour every day is red every day; what lasts is usual within a few half-lives.',
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
    minPoints: MIN_POINTS_PARAM,
  },
  create(values, { stepMs }) {
    const decay = decayOf(values, stepMs);
    return followingScorer({
      ...{ stepMs, size: SIZE, minPoints: Number(values.minPoints) },
      worth: (state) => worthOf(state, MEAN),
      take(state, _timeMs, value, isScored, out) {
        const worth = worthOf(state, MEAN);
        if (isScored && worth >= LEAST_WORTH) against(state, worth, value, out);
        push(state, decay, value);
      },
    });
  },
  promql: {
    rules: (values, recorded) =>
      emaRules({ decay: decayOf(values, recorded.stepMs), minPoints: Number(values.minPoints) }, recorded),
  },
};
