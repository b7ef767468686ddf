// Looks at the series and follows what it finds: the usual of this hour, of any day or of workdays and weekends, where that
// foretells the next point better, else the recent level; and says how far a point is from it in a spread that remembers for
// days what the series does now and then. A spread of the fourth moment grows with rare large values, so that a series with
// a habit of spikes is not reported for each of them, and what lasts does not soon become the usual; hours with larger
// errors than others have a wider band. Below four sigmas a score may also come from how unusual the last points are
// together, as in a combined Shewhart and EWMA chart. O(1) a point; 128 numbers a series.
import type { Score } from '#model/score.ts';
import { widening } from '#stats/small-sample.ts';
import type { Algorithm } from './contract.ts';
import { fieldsFrom } from './fields-from.ts';
import { FOLLOWING_HEAD, followingScorer, MIN_POINTS_PARAM, seenOf } from './following-scorer.ts';
import { enterHour, HOURS_SIZE, learnHour, sizeOfHour, startHours, writeUsual } from './hours-of-week.ts';
import { ROUNDING, SCORE_CAP } from './sigma.ts';

/** The recent level and the distance from an hour's usual forget with this half-life, and never faster than so many points. */
const LEVEL_MS = 4 * 3_600_000;
const LEAST_HALF_LIFE = 4;
/** E x⁴ of a standard normal is 3. */
const NORMAL_FOURTH = 3 ** 0.25;
/** No point is learnt from as if it were farther, in sigmas: one absurd value must not blind it for weeks. */
const FARTHEST = 15;
/** No foreteller's loss counts a miss as more than so many times its usual. */
const WORST_MISS = 5;
/** Points that the spread of all hours counts for in the spread of one. */
const COMMON_POINTS = 20;
/** For its hour alone a band is never wider than so many times the usual one. */
const WIDEST = 4;
/** Scores beyond it are unrest, which widens the band by half of their mean square, and is forgotten within days. */
const UNUSUAL = 4;
const UNREST_SHARE = 0.5;
const UNREST_MS = 24 * 3_600_000;
/** Where rare large values are most of the spread, the mean size says little: it counts as no less than this part of sigma. */
const LEAST_MEAN = 0.2;
/** Of the mean of the last points' sizes. */
const RECENT_SHARE = 0.06;
const BAND = 3;
/**
 * What the last points say together stays below; at so many times their usual it is at 63 % of it. Their usual is a root mean
 * square: what often has bad hours needs a worse one, and one detector's habit does not outrank another's news.
 */
const MOST_TOGETHER = 4;
const TOGETHER_SCALE = 1.5;
const WARM = 20;
/** So much better than any day's hour must a workday's or weekend's be. */
const BETTER = 0.99;

const LEVEL = 0;
const DAY = 1;
const WEEK = 2;
const NAMES = ['auto: recent level', 'auto: time of day', 'auto: time of week'] as const;

const AT = fieldsFrom(FOLLOWING_HEAD, {
  /** The spread, as the fourth root of the mean fourth power, and the mean size. */
  fourth: 1,
  mean: 1,
  recent: 1,
  recentSigned: 1,
  /** Mean square of `recent`. */
  recentSquare: 1,
  scored: 1,
  /** Of the three that foretell: mean miss, and how often they were compared. */
  losses: NAMES.length,
  compared: 1,
  /** The recent level, and how far the series is from the usual of its hour: of any day, and of such a day. */
  levels: NAMES.length,
  /**
   * Of the point at hand: what the three foretell, what is expected, how much wider than usual the band is at this hour, and
   * the value, then as far as it is believed. In the state, because a number that is handed on would be an object.
   */
  foretold: NAMES.length,
  expected: 1,
  width: 1,
  seen: 1,
  /** Mean square of the scores beyond UNUSUAL; the others count as 0. */
  unrest: 1,
  hours: HOURS_SIZE,
  end: 0,
});

interface Rates {
  readonly level: number;
  readonly unrest: number;
  readonly memory: number;
  readonly memoryPoints: number;
}

export const auto: Algorithm = {
  name: 'auto',
  summary:
    'Follows the hour of the day or week where that foretells better, else the recent level; its spread remembers days, rare spikes included.',
  source:
    "Tidewatch's own; combined charts: Lucas & Saccucci, Exponentially weighted moving average control schemes (1990)",
  shines:
    'Series that nobody tuned, above all those with a habit of spikes: quiet there, and what is beyond the habit shows.',
  fails:
    'A leak over days is followed and missed. With a strong day the band stays wide for weeks; a large fault widens it for the next. Below 4 sigmas a score may be of the last points together, also of one within the band: with a threshold of 3 what follows a spike stays red for a while.',
  params: {
    baselineMs: {
      kind: 'number',
      summary: 'Recorded time after which what was usual counts for half.',
      default: 604_800_000,
      min: 60_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
    minPoints: MIN_POINTS_PARAM,
  },
  create(values, { stepMs }) {
    const rate = (halfLifeMs: number) => 1 - 0.5 ** (1 / Math.max(LEAST_HALF_LIFE, halfLifeMs / stepMs));
    const memory = rate(Number(values.baselineMs));
    const memoryPoints = 2 / memory - 1;
    const rates: Rates = { level: rate(LEVEL_MS), unrest: rate(UNREST_MS), memory, memoryPoints };
    return followingScorer({
      ...{ stepMs, size: AT.end, minPoints: Number(values.minPoints) },
      worth: (_, count) => Math.min(count, memoryPoints),
      nameOf: (state) => NAMES[chosen(state)] ?? NAMES[LEVEL],
      take: (state, timeMs, value, isScored, out) => take(state, rates, timeMs, value, isScored, out),
    });
  },
};

function at(state: Float64Array, field: number): number {
  return state[field] as number;
}

/** Which of the three is followed: the one with the least loss, of those that are known, once they were compared for a while. */
function chosen(state: Float64Array): number {
  if (at(state, AT.compared) <= WARM) return LEVEL;
  const least = Math.min(at(state, AT.losses + LEVEL), at(state, AT.losses + DAY));
  // What is only as good as any day would learn slower.
  if (!Number.isNaN(at(state, AT.foretold + WEEK)) && at(state, AT.losses + WEEK) < BETTER * least) return WEEK;
  return !Number.isNaN(at(state, AT.foretold + DAY)) && at(state, AT.losses + DAY) <= least ? DAY : LEVEL;
}

function take(state: Float64Array, rates: Rates, timeMs: number, value: number, isScored: boolean, out: Score): void {
  // The first point has nothing before it, and is its own level.
  if (seenOf(state) === 0) {
    startHours(state, AT.hours);
    state[AT.levels] = value;
  }
  enterHour(state, AT.hours, timeMs);
  foretell(state);
  state[AT.seen] = value;
  if (isScored) score(state, rates, out);
  remember(state, rates, isScored);
  compare(state, rates);
  learn(state, rates);
}

function foretell(state: Float64Array): void {
  writeUsual(state, AT.hours, AT.foretold + DAY);
  state[AT.foretold + LEVEL] = at(state, AT.levels);
  state[AT.foretold + DAY] = at(state, AT.foretold + DAY) + at(state, AT.levels + DAY);
  state[AT.foretold + WEEK] = at(state, AT.foretold + WEEK) + at(state, AT.levels + WEEK);
  const choice = chosen(state);
  state[AT.expected] = at(state, AT.foretold + choice);
  writeWidth(state, choice === LEVEL ? Number.NaN : sizeOfHour(state, AT.hours));
}

/** How much wider than usual the band is, 1 to WIDEST, at an hour with errors of this size (NaN: not known). */
function writeWidth(state: Float64Array, own: number): void {
  const points = seenOf(state) / 24;
  const times = (COMMON_POINTS + points * (own / at(state, AT.mean))) / (COMMON_POINTS + points);
  state[AT.width] = times > 1 ? Math.min(WIDEST, times) : 1;
}

function score(state: Float64Array, rates: Rates, out: Score): void {
  const expected = at(state, AT.expected);
  const width = at(state, AT.width);
  const residual = at(state, AT.seen) - expected;
  const points = Math.min(seenOf(state), rates.memoryPoints);
  const unrest = Math.sqrt(1 + UNREST_SHARE * at(state, AT.unrest));
  const sigma = (unrest * width * at(state, AT.fourth) * widening(points / 2, 1 / points)) / NORMAL_FOURTH;
  const far =
    residual === 0 ? 0 : Math.min(SCORE_CAP, Math.abs(residual) / Math.max(sigma, ROUNDING * Math.abs(expected)));
  const signed = together(state, rates);
  out.score = far > BAND && far > Math.abs(signed) ? Math.sign(residual) * far : signed;
  out.expected = expected;
  out.lower = expected - BAND * sigma;
  out.upper = expected + BAND * sigma;
}

/** Takes the distance into the last points, and says how unusual they are together, below MOST_TOGETHER. */
function together(state: Float64Array, { memory }: Rates): number {
  const residual = (at(state, AT.seen) - at(state, AT.expected)) / at(state, AT.width);
  const unit = Math.max(at(state, AT.mean), (LEAST_MEAN / NORMAL_FOURTH) * at(state, AT.fourth));
  const size = unit > 0 ? Math.min(SCORE_CAP, Math.abs(residual) / unit) : 0;
  const scored = at(state, AT.scored) + 1;
  // Plain means at first: what climbs from nothing would be unusual by itself.
  const share = Math.max(RECENT_SHARE, 1 / scored);
  const recent = at(state, AT.recent) + share * (size - at(state, AT.recent));
  const signed = at(state, AT.recentSigned) + share * (Math.sign(residual) * size - at(state, AT.recentSigned));
  const square = at(state, AT.recentSquare);
  state[AT.recent] = recent;
  state[AT.recentSigned] = signed;
  state[AT.recentSquare] = square + Math.max(memory, 1 / scored) * (recent * recent - square);
  state[AT.scored] = scored;
  if (scored <= WARM || !(square > 0)) return 0;
  const times = recent / Math.sqrt(square) / TOGETHER_SCALE;
  return (signed < 0 ? -1 : 1) * MOST_TOGETHER * -Math.expm1(-times * times);
}

/**
 * Takes the distance, as far as it is believed, into the spread, which is kept as a root so that nothing overflows. It is in
 * units of the hour's width, as the spread is.
 */
function remember(state: Float64Array, { memory, unrest }: Rates, isScored: boolean): void {
  const share = Math.max(memory, 1 / (seenOf(state) + 1));
  const fourth = at(state, AT.fourth);
  const residual = (at(state, AT.seen) - at(state, AT.expected)) / at(state, AT.width);
  // Where there is no spread yet it is whatever it is.
  const most = isScored && fourth > 0 ? (FARTHEST / NORMAL_FOURTH) * fourth : Number.POSITIVE_INFINITY;
  const believed = Math.max(-most, Math.min(most, residual));
  const size = Math.abs(believed);
  // What comes again is less news than what is new.
  const times = isScored && fourth > 0 ? (size * NORMAL_FOURTH) / fourth : 0;
  state[AT.unrest] = at(state, AT.unrest) + unrest * ((times > UNUSUAL ? times * times : 0) - at(state, AT.unrest));
  if (fourth === 0) state[AT.fourth] = size * share ** 0.25;
  else state[AT.fourth] = fourth * (1 + share * ((size / fourth) ** 4 - 1)) ** 0.25;
  state[AT.mean] = at(state, AT.mean) + share * (size - at(state, AT.mean));
  state[AT.seen] = at(state, AT.expected) + believed * at(state, AT.width);
}

/** Which foretold better, over the memory. Where a workday's or weekend's hour is not known, any day's stands for it. */
function compare(state: Float64Array, rates: Rates): void {
  if (Number.isNaN(at(state, AT.foretold + DAY))) return;
  state[AT.compared] = at(state, AT.compared) + 1;
  miss(state, rates, LEVEL, LEVEL);
  miss(state, rates, DAY, DAY);
  miss(state, rates, WEEK, Number.isNaN(at(state, AT.foretold + WEEK)) ? DAY : WEEK);
}

/** Learns how far one was off; `from` is who foretold for it. */
function miss(state: Float64Array, { memory }: Rates, which: number, from: number): void {
  const by = at(state, AT.seen) - at(state, AT.foretold + from);
  const loss = at(state, AT.losses + which);
  const size = loss > 0 ? Math.min(Math.abs(by), WORST_MISS * loss) : Math.abs(by);
  state[AT.losses + which] = loss + Math.max(memory, 1 / at(state, AT.compared)) * (size - loss);
}

/** Moves the levels, and then learns what of the point belongs to its hour. */
function learn(state: Float64Array, rates: Rates): void {
  follow(state, rates, LEVEL);
  follow(state, rates, DAY);
  follow(state, rates, WEEK);
  const seen = at(state, AT.seen);
  const size = Math.abs(seen - at(state, AT.expected));
  learnHour(state, AT.hours, seen - at(state, AT.levels + DAY), seen - at(state, AT.levels + WEEK), size);
}

/** Moves a level by a share of what its foreteller missed. */
function follow(state: Float64Array, { level: rate }: Rates, which: number): void {
  const foretold = at(state, AT.foretold + which);
  if (Number.isNaN(foretold)) return;
  const level = which === LEVEL ? foretold : at(state, AT.levels + which);
  // The recent level is a plain mean until its share is reached.
  const share = which === LEVEL ? Math.max(rate, 1 / (seenOf(state) + 1)) : rate;
  state[AT.levels + which] = level + share * (at(state, AT.seen) - foretold);
}
