// The step from the point before, or from the same time a day or a week ago, in units of how large such steps have been for
// days: for series that wander, where no level is usual but a jump is not. It rates the way back as well. O(1) a point; seven
// numbers of state, and with a lag one for each point of it.
import type { Score } from '#model/score.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM, seenOf } from './following-scorer.ts';
import { learnResidual, RESIDUAL_SPREAD_SIZE, residualSigma, SPREAD_PARAM } from './residual-spread.ts';
import { fillScore } from './sigma.ts';
import { decayOf, worthOf } from './weighted-mean.ts';

/** No lag has more slots, however dense the points: then a slot has several points, and the last of them holds. */
const MOST_SLOTS = 2880;

/** With a lag the first points have nothing to be compared with: of fewer steps there is no usual size. */
const LEAST_STEPS = 8;

/** Where things lie in the state; then the slots' values and, by half of a slot, when they were written. */
const SPREAD = FOLLOWING_HEAD;
const NEWEST = SPREAD + RESIDUAL_SPREAD_SIZE;
const SLOTS = NEWEST + 1;

function createDifferencing(values: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const lagMs = Number(values.lagMs);
  const slots = lagMs === 0 ? 0 : Math.max(1, Math.min(MOST_SLOTS, Math.round(lagMs / stepMs)));
  const widthMs = slots === 0 ? 1 : lagMs / slots;
  const turnsAt = SLOTS + slots;
  const decay = decayOf(stepMs, Number(values.spreadHalfLifeMs));
  const slotOf = (timeMs: number) => Math.round(timeMs / widthMs);
  const placeOf = (slot: number) => ((slot % slots) + slots) % slots;

  /** What was there a lag ago; NaN when nothing was. */
  function earlier(state: Float64Array, timeMs: number): number {
    if (slots === 0) return seenOf(state) === 0 ? Number.NaN : (state[NEWEST] as number);
    const slot = slotOf(timeMs);
    const place = placeOf(slot);
    // Turns are counted from 1, so that a slot never written is of none.
    return state[turnsAt + place] === slot - slots + 1 ? (state[SLOTS + place] as number) : Number.NaN;
  }

  function keep(state: Float64Array, timeMs: number, value: number): void {
    state[NEWEST] = value;
    if (slots === 0) return;
    const slot = slotOf(timeMs);
    state[SLOTS + placeOf(slot)] = value;
    state[turnsAt + placeOf(slot)] = slot + 1;
  }

  function take(state: Float64Array, timeMs: number, value: number, isScored: boolean, out: Score): void {
    const expected = earlier(state, timeMs);
    if (!Number.isNaN(expected)) {
      if (isScored && worthOf(state, SPREAD) >= LEAST_STEPS) {
        fillScore(out, value, expected, residualSigma(state, SPREAD, 0));
      }
      learnResidual(state, SPREAD, decay, value - expected, 0);
    }
    keep(state, timeMs, value);
  }

  return followingScorer({
    stepMs,
    size: slots === 0 ? SLOTS : turnsAt + slots,
    minPoints: Number(values.minPoints),
    take,
    worth: (state) => worthOf(state, SPREAD),
  });
}

export const differencing: Algorithm = {
  name: 'differencing',
  summary: 'The step from the point before, or from a day or week ago, in units of the usual size of such steps.',
  source: 'Box & Jenkins, Time Series Analysis: Forecasting and Control (1970): first and seasonal difference',
  shines: 'Levels that wander, where only a jump is odd; with a lag of a day, what is done every day.',
  fails: 'What comes slowly. Of what lasts it sees the step, and then nothing.',
  params: {
    lagMs: {
      kind: 'number',
      summary: 'How long ago the value is that is compared with: 0 is the point before, 86400000 the day before.',
      default: 0,
      min: 0,
      max: 2_592_000_000,
      unit: 'ms',
    },
    spreadHalfLifeMs: SPREAD_PARAM,
    minPoints: MIN_POINTS_PARAM,
  },
  create: createDifferencing,
};
