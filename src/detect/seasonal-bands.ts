// Distance from what is usual at this time of day (and of the week): a season in buckets on top of a level that follows the
// last hours, so that a busy week is no anomaly and a quiet noon is. Each bucket has its own spread, drawn towards that of
// all. The first cycle has no season yet and expects the level alone; a bucket it missed is taken to be as the one before.
// O(1) a point; a number or two for each bucket, 1.8 kB with the defaults.
import type { Score } from '#model/score.ts';
import { CALENDAR_PARAMS, localTimeOf } from './calendar-params.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM, seenOf } from './following-scorer.ts';
import { bandRules, type DailyBands } from './promql/seasonal-bands.ts';
import {
  EFFICIENCY,
  learnResidual,
  RESIDUAL_SPREAD_SIZE,
  residualSigma,
  SIGMA_PER_MEAN_DEVIATION,
} from './residual-spread.ts';
import { BUCKETS_PARAM, COMMON_VISITS, createSeason, DAY_MS, type Season, WEEK_MS } from './season-buckets.ts';
import { fillScore } from './sigma.ts';
import {
  decayOf,
  discountMean,
  learnMean,
  shiftMean,
  WEIGHTED_MEAN_SIZE,
  weightedMean,
  worthOf,
} from './weighted-mean.ts';

/** Beside the day, the week is kept by the hour. */
const WEEK_HOURS = 168;
/** What an incident may do to a bucket at one visit, before its share. */
const LIMIT_SIGMAS = 3;

/** Where things lie in the state; the seasons follow. */
const LEVEL = FOLLOWING_HEAD;
const SLOW = LEVEL + WEIGHTED_MEAN_SIZE;
const SPREAD = SLOW + WEIGHTED_MEAN_SIZE;
const SEASONS = SPREAD + RESIDUAL_SPREAD_SIZE;

/** The seasons, the one whose buckets have spreads first. The second learns once the first is known. */
function seasonsOf(
  values: ParamValues,
  { stepMs }: ScorerDeps,
): { main: Season; week: Season | undefined; slowMs: number } {
  const buckets = Number(values.buckets);
  const local = localTimeOf(values);
  const common = {
    local,
    offsetMs: Number(values.offsetMs),
    stepMs,
    share: 1 - 0.5 ** (DAY_MS / Number(values.halfLifeMs)),
  };
  const weekly = { ...common, cycleMs: WEEK_MS, share: 1 - 0.5 ** (WEEK_MS / Number(values.halfLifeMs)) };
  if (values.season === 'week') {
    const main = createSeason({ ...weekly, at: SEASONS, buckets: 7 * buckets, spreads: true });
    return { main, week: undefined, slowMs: WEEK_MS };
  }
  if (values.season === 'workday') {
    const workdays = { cycleMs: WEEK_MS, buckets: 2 * buckets, isWorkdays: true };
    return {
      main: createSeason({ ...common, ...workdays, at: SEASONS, spreads: true }),
      week: undefined,
      slowMs: WEEK_MS,
    };
  }
  const main = createSeason({ ...common, at: SEASONS, cycleMs: DAY_MS, buckets, spreads: true });
  if (values.season === 'day') return { main, week: undefined, slowMs: DAY_MS };
  const week = createSeason({ ...weekly, at: SEASONS + main.size, buckets: WEEK_HOURS, spreads: false });
  return { main, week, slowMs: WEEK_MS };
}

function createBands(values: ParamValues, deps: ScorerDeps): Scorer {
  const { stepMs } = deps;
  const minPoints = Number(values.minPoints);
  const levelMs = Number(values.levelHalfLifeMs);
  const { main, week, slowMs } = seasonsOf(values, deps);
  const levelDecay = decayOf(stepMs, levelMs);
  const slowDecay = decayOf(stepMs, slowMs);
  const spreadDecay = decayOf(stepMs, Number(values.halfLifeMs));

  /** Takes what has become known of a season off the levels that held it; the spread, which had it too, soon forgets. */
  function takeOff(season: Season, state: Float64Array, timeMs: number): void {
    shiftMean(state, LEVEL, -season.within(state, timeMs, levelMs));
    shiftMean(state, SLOW, -season.within(state, timeMs, slowMs));
    discountMean(state, SPREAD, minPoints);
  }

  function sigmaAt(state: Float64Array, timeMs: number, variance: number): number {
    const common = weightedMean(state, SPREAD);
    if (common === 0) return 0;
    return (residualSigma(state, SPREAD, variance) * main.spreadAt(state, timeMs, common)) / common;
  }

  function take(state: Float64Array, timeMs: number, value: number, isScored: boolean, out: Score): void {
    const ofDay = main.at(state, timeMs);
    const season = ofDay + (week === undefined ? 0 : week.at(state, timeMs));
    const expected = weightedMean(state, LEVEL) + season;
    let limit = 0;
    if (seenOf(state) > 0) {
      const variance = 1 / worthOf(state, LEVEL);
      const sigma = sigmaAt(state, timeMs, variance);
      if (isScored) fillScore(out, value, expected, sigma);
      limit = LIMIT_SIGMAS * sigma;
      learnResidual(state, SPREAD, spreadDecay, value - expected, variance);
    }
    const error = value - weightedMean(state, SLOW) - season;
    if (week !== undefined && main.isKnown(state) && week.learn(state, timeMs, value - ofDay, error, limit)) {
      takeOff(week, state, timeMs);
    }
    if (main.learn(state, timeMs, value, error, limit)) takeOff(main, state, timeMs);
    const rest = value - main.at(state, timeMs) - (week === undefined ? 0 : week.at(state, timeMs));
    learnMean(state, LEVEL, levelDecay, rest);
    learnMean(state, SLOW, slowDecay, rest);
  }

  const size = SEASONS + main.size + (week === undefined ? 0 : week.size);
  return followingScorer({ stepMs, size, minPoints, take, worth: (state) => worthOf(state, LEVEL) });
}

/** As rules there is one season, of the day, and buckets are found again by the clock. */
function whyNoRules(values: ParamValues, { stepMs }: ScorerDeps): string | undefined {
  if (values.season !== 'day') return `season ${values.season} cannot be written as rules of Prometheus: day can`;
  const { timeZone = 'UTC' } = values;
  if (timeZone !== 'UTC') return `timeZone ${timeZone} cannot be written as rules of Prometheus, which count in UTC`;
  if ((DAY_MS / dailyBands(values, { stepMs }).count) % stepMs === 0) return undefined;
  return 'cannot be written as rules of Prometheus unless a bucket is a whole number of steps: change buckets or schedule.step';
}

function dailyBands(values: ParamValues, { stepMs }: ScorerDeps): DailyBands {
  const count = Math.max(1, Math.min(Number(values.buckets), Math.floor(DAY_MS / stepMs)));
  const [levelMs, halfLifeMs] = [Number(values.levelHalfLifeMs), Number(values.halfLifeMs)];
  return {
    ...{ stepMs, cycleMs: DAY_MS, count, offsetMs: Number(values.offsetMs), minPoints: Number(values.minPoints) },
    levelDecay: decayOf(stepMs, levelMs),
    slowDecay: decayOf(stepMs, DAY_MS),
    spreadDecay: decayOf(stepMs, halfLifeMs),
    levelBucketDecay: 0.5 ** (DAY_MS / count / levelMs),
    slowBucketDecay: 0.5 ** (1 / count),
    share: 1 - 0.5 ** (DAY_MS / halfLifeMs),
    ...{ limitSigmas: LIMIT_SIGMAS, commonVisits: COMMON_VISITS },
    ...{ sigmaPerMeanDeviation: SIGMA_PER_MEAN_DEVIATION, efficiency: EFFICIENCY },
  };
}

export const seasonalBands: Algorithm = {
  name: 'seasonal-bands',
  summary: 'Distance from what is usual at this time of day or week, on a level that follows the last hours.',
  source:
    'Winters, Forecasting sales by exponentially weighted moving averages (1960), with the season in buckets of time',
  shines: 'What follows the clock: rush hours, nightly jobs, weekends, holidays.',
  fails: 'What comes in another rhythm than its season: a weekly job on bands of a day is red each time.',
  params: {
    season: {
      kind: 'choice',
      summary:
        'What repeats: the day, the week, one day from Monday to Friday and another at weekends, or the day and by the hour how the days of a week differ from it.',
      default: 'day',
      choices: ['day', 'week', 'workday', 'both'],
    },
    buckets: BUCKETS_PARAM,
    offsetMs: {
      kind: 'number',
      summary: 'How far days begin before midnight of the time zone; it places the days of a week.',
      default: 0,
      min: -50_400_000,
      max: 50_400_000,
      unit: 'ms',
    },
    ...CALENDAR_PARAMS,
    levelHalfLifeMs: {
      kind: 'number',
      summary: 'Recorded time after which a point counts for half in the level that the season is added to.',
      default: 7_200_000,
      min: 60_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
    halfLifeMs: {
      kind: 'number',
      summary: 'Time after which a day counts for half in its buckets, and a residual in the yardstick.',
      default: 604_800_000,
      min: 86_400_000,
      max: 7_776_000_000,
      unit: 'ms',
    },
    minPoints: MIN_POINTS_PARAM,
  },
  create: createBands,
  promql: { refusal: whyNoRules, rules: (values, recorded) => bandRules(dailyBands(values, recorded), recorded) },
};
