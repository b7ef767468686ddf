// Looks at the series and follows what it finds: the usual of this time of day where that foretells the next point better, else
// the recent level; and says how far a point is from it in a spread that remembers for days what the series does now and
// then. A spread of the fourth moment grows with rare large values, so that a series with a habit of spikes is not
// reported for each of them, and what lasts does not soon become the usual. Below three sigmas the score is how unusual the
// last points are together, as in a combined Shewhart and EWMA chart: there it only ranks.
import type { Score } from '#model/score.ts';
import { widening } from '#stats/small-sample.ts';
import type { Algorithm, OnlineScorer } from './contract.ts';
import { isMeasured } from './measured.ts';
import { scoreByStepping, stepThrough } from './rolling-scorer.ts';
import { fillNothing, ROUNDING, SCORE_CAP } from './sigma.ts';

const DAY_MS = 86_400_000;
/** Of a day; each a quarter of an hour. */
const BUCKETS = 96;
/** Days after which a bucket's value counts for half, about. */
const BUCKET_SHARE = 0.3;
/** The recent level and the distance from the time of day's usual forget with this half-life, and never faster than so many points. */
const LEVEL_MS = 4 * 3_600_000;
const LEAST_HALF_LIFE = 4;
/** E x⁴ of a standard normal is 3. */
const NORMAL_FOURTH = 3 ** 0.25;
/** No point is learnt from as if it were farther, in sigmas: one absurd value must not blind it for weeks. */
const FARTHEST = 15;
/** Of the mean of the last points' sizes. */
const RECENT_SHARE = 0.1;
const SHEWHART = 3;
/** The time of day must be better by this much before it is followed. */
const BETTER = 0.95;
const WARM = 20;

const STATE = {
  count: 0,
  fromMs: 1,
  toMs: 2,
  base: 3,
  level: 4,
  fourth: 5,
  mean: 6,
  recent: 7,
  recentSigned: 8,
  recentUsual: 9,
  scored: 10,
  compared: 11,
  lossDay: 12,
  lossBase: 13,
} as const;
const HEAD = 14;
/** Of each bucket: its usual value, how many points it saw, and the day of the first. */
const VALUES = HEAD;
const SEEN = VALUES + BUCKETS;
const FIRST = SEEN + BUCKETS;
const SIZE = FIRST + BUCKETS;

interface Rates {
  readonly level: number;
  readonly memory: number;
  readonly bucket: number;
  readonly minPoints: number;
  readonly stepMs: number;
  readonly memoryPoints: number;
}

export const auto: Algorithm = {
  name: 'auto',
  summary:
    'Follows the time of day where that foretells better, else the recent level; its spread remembers days, rare spikes included.',
  source:
    "Tidewatch's own; combined charts: Lucas & Saccucci, Exponentially weighted moving average control schemes (1990)",
  params: {
    baselineMs: {
      kind: 'number',
      summary: 'Recorded time after which what was usual counts for half.',
      default: 604_800_000,
      min: 60_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
    minPoints: {
      kind: 'number',
      summary: 'Least points before the first score.',
      default: WARM,
      min: 10,
      max: 10_000,
      integer: true,
      unit: 'points',
    },
  },
  create(values, { stepMs }) {
    const rate = (halfLifeMs: number) => 1 - 0.5 ** (1 / Math.max(LEAST_HALF_LIFE, halfLifeMs / stepMs));
    const memory = rate(Number(values.baselineMs));
    const rates: Rates = {
      ...{ level: rate(LEVEL_MS), memory, stepMs, minPoints: Number(values.minPoints), memoryPoints: 2 / memory - 1 },
      bucket: BUCKET_SHARE / Math.max(1, DAY_MS / BUCKETS / stepMs),
    };
    const online: OnlineScorer = {
      start(history) {
        const state = new Float64Array(SIZE);
        stepThrough(online, history, state);
        return state;
      },
      step(state, timeMs, value, out) {
        describe(state, rates, out);
        if (isMeasured(value)) take(state, rates, timeMs, value, out);
        else fillNothing(out);
      },
      nameOf: (state) => (followsDay(state) ? 'auto: time of day' : 'auto: recent level'),
    };
    return { score: (series) => scoreByStepping(online, series), online };
  },
};

function at(state: Float64Array, field: number): number {
  return state[field] as number;
}

/** Count and span of what the memory is worth. */
function describe(state: Float64Array, { memoryPoints, stepMs }: Rates, out: Score): void {
  const count = Math.min(at(state, STATE.count), Math.round(memoryPoints));
  const toMs = at(state, STATE.toMs);
  out.baselineCount = count;
  out.baselineFromMs = count === 0 ? Number.NaN : Math.max(at(state, STATE.fromMs), toMs - (count - 1) * stepMs);
  out.baselineToMs = count === 0 ? Number.NaN : toMs;
}

function followsDay(state: Float64Array): boolean {
  return at(state, STATE.compared) > WARM && at(state, STATE.lossDay) < BETTER * at(state, STATE.lossBase);
}

function take(state: Float64Array, rates: Rates, timeMs: number, value: number, out: Score): void {
  const count = at(state, STATE.count);
  const day = Math.floor(timeMs / DAY_MS);
  const bucket = Math.floor(((timeMs - day * DAY_MS) / DAY_MS) * BUCKETS);
  const isKnown = at(state, SEEN + bucket) > 0 && at(state, FIRST + bucket) < day;
  const base = count === 0 ? value : at(state, STATE.base);
  const usual = at(state, VALUES + bucket) + at(state, STATE.level);
  const expected = isKnown && followsDay(state) ? usual : base;
  const residual = value - expected;
  if (count >= rates.minPoints) score(state, rates, value, expected, out);
  else fillNothing(out);
  const believed = count >= rates.minPoints ? bounded(state, residual) : residual;
  remember(state, rates, believed);
  if (isKnown) compare(state, rates, expected + believed - usual, expected + believed - base);
  learn(state, rates, bucket, day, expected + believed);
  if (count === 0) state[STATE.fromMs] = timeMs;
  state[STATE.toMs] = timeMs;
  state[STATE.count] = count + 1;
}

function score(
  state: Float64Array,
  { memory, memoryPoints }: Rates,
  value: number,
  expected: number,
  out: Score,
): void {
  const residual = value - expected;
  const points = Math.min(at(state, STATE.count), memoryPoints);
  const sigma = (at(state, STATE.fourth) / NORMAL_FOURTH) * widening(points / 2, 1 / points);
  const least = Math.max(sigma, ROUNDING * Math.abs(expected));
  const far = residual === 0 ? 0 : Math.min(SCORE_CAP, Math.abs(residual) / least);
  const mean = at(state, STATE.mean);
  const size = mean > 0 ? Math.min(SCORE_CAP, Math.abs(residual) / mean) : 0;
  const recent = at(state, STATE.recent) + RECENT_SHARE * (size - at(state, STATE.recent));
  const signed =
    at(state, STATE.recentSigned) + RECENT_SHARE * (Math.sign(residual) * size - at(state, STATE.recentSigned));
  const scored = at(state, STATE.scored) + 1;
  const usual = at(state, STATE.recentUsual);
  const together = scored > WARM && usual > 0 ? SHEWHART * -Math.expm1(-recent / usual / SHEWHART) : 0;
  out.score = far > SHEWHART ? Math.sign(residual) * far : (signed < 0 ? -1 : 1) * together;
  out.expected = expected;
  out.lower = expected - SHEWHART * sigma;
  out.upper = expected + SHEWHART * sigma;
  state[STATE.recent] = recent;
  state[STATE.recentSigned] = signed;
  state[STATE.recentUsual] = usual + Math.max(memory, 1 / scored) * (recent - usual);
  state[STATE.scored] = scored;
}

/** The distance as far as it is believed; whatever it is where there is no spread yet. */
function bounded(state: Float64Array, residual: number): number {
  const most = (FARTHEST / NORMAL_FOURTH) * at(state, STATE.fourth);
  return most > 0 ? Math.max(-most, Math.min(most, residual)) : residual;
}

/** Takes the size of the distance into the spread, which is kept as a root so that nothing overflows. */
function remember(state: Float64Array, { memory }: Rates, residual: number): void {
  const count = at(state, STATE.count) + 1;
  const share = Math.max(memory, 1 / count);
  const size = Math.abs(residual);
  const fourth = at(state, STATE.fourth);
  if (fourth === 0) state[STATE.fourth] = size * share ** 0.25;
  else {
    state[STATE.fourth] = fourth * (1 + share * ((size / fourth) ** 4 - 1)) ** 0.25;
  }
  const mean = at(state, STATE.mean);
  state[STATE.mean] = mean + share * (size - mean);
}

/** Which of the two foretold better, over the memory; none counts for more than five times the usual. */
function compare(state: Float64Array, { memory }: Rates, fromDay: number, fromBase: number): void {
  const compared = at(state, STATE.compared) + 1;
  const share = Math.max(memory, 1 / compared);
  state[STATE.compared] = compared;
  for (const [field, residual] of [
    [STATE.lossDay, fromDay],
    [STATE.lossBase, fromBase],
  ] as const) {
    const loss = at(state, field);
    const size = Math.abs(residual);
    state[field] = loss + share * ((loss > 0 ? Math.min(size, 5 * loss) : size) - loss);
  }
}

function learn(
  state: Float64Array,
  { level: rate, bucket: share }: Rates,
  bucket: number,
  day: number,
  value: number,
): void {
  const count = at(state, STATE.count) + 1;
  const seen = at(state, SEEN + bucket);
  const isKnown = seen > 0 && at(state, FIRST + bucket) < day;
  const usual = at(state, VALUES + bucket);
  if (isKnown) state[STATE.level] = at(state, STATE.level) + rate * (value - usual - at(state, STATE.level));
  const base = at(state, STATE.base);
  state[STATE.base] = count === 1 ? value : base + Math.max(rate, 1 / count) * (value - base);
  if (seen === 0) state[FIRST + bucket] = day;
  const target = value - at(state, STATE.level);
  state[VALUES + bucket] = seen === 0 ? target : usual + Math.max(share, 1 / (seen + 1)) * (target - usual);
  state[SEEN + bucket] = seen + 1;
}
