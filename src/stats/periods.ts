// The periods of a series, robust to trend, noise, spikes and gaps: candidates from the periodogram, each validated on a
// hill of the autocorrelation, which also places it (AUTOPERIOD: Vlachos, Yu & Castelli 2005). The best is taken off by
// its seasonal means, and what is left is asked again; so its harmonics, which its means hold, are never found.
import { autocorrelation } from './autocorrelation.ts';
import { findPeaks, periodogram } from './periodogram.ts';
import { type Profile, seasonalStrength, subtractProfile, withoutTrend } from './seasonal-profile.ts';
import { clip, levelled } from './without-line.ts';

export interface Period {
  /** Its length in points. */
  readonly points: number;
  /** The share (0 to 1) that it explains of a cycle it was not learned from; see `seasonalStrength`. */
  readonly strength: number;
}

export interface PeriodOptions {
  /** In points; 2 when absent. */
  readonly least?: number;
  /** In points; a third of the series when absent, and never more: two cycles prove nothing. */
  readonly most?: number;
  /** Lengths in points that are taken when one is found within 2 % and they explain nearly as much: a day, a week. */
  readonly natural?: readonly number[];
  /** How many at the most; 3 when absent. */
  readonly count?: number;
}

const LEAST_CYCLES = 3;
/** A period that explains less is of no use to a model, though it may be there. */
const LEAST_STRENGTH = 0.05;
/** More of the cycles must agree; of three, all. */
const LEAST_AGREEING = 0.7;
/**
 * A weak period in few cycles may be a slow wave that happened to come back: strength times cycles must be this, or half
 * of it where each of four or more cycles agrees.
 */
const STRENGTH_TIMES_CYCLES = 1;
/** Peaks that are looked at in one round: a short spike has as many harmonics, all as high as its fundamental. */
const MOST_PEAKS = 64;
/** A divisor that explains nearly as much is the period, and the longer one its multiple. */
const NEARLY = 0.8;
/** A divisor that explains this much beside its multiple is a period of its own (the hour beside the day), no harmonic. */
const GAIN = 0.03;
/** Lengths so near to each other are one period. */
const SAME = 0.02;
/** So near to one that was found before, the later is what is left of it. */
const REMAINDER = 0.05;
/** In a longer period than this a part of a point is no matter. */
const FRACTIONS_MATTER = 20;
/** In a longer one than this a point more or less is placed later. */
const COARSE_FROM = 100;

interface Found extends Profile {
  readonly points: number;
}

/**
 * The periods in the values, the strongest first; later ones are measured on what the earlier left. Missing values (NaN)
 * take their place in time. Empty when there is none, or the series has fewer than 12 values.
 */
export function findPeriods(values: Float64Array, options: PeriodOptions = {}): Period[] {
  const most = Math.min(options.most ?? Number.POSITIVE_INFINITY, Math.floor(values.length / LEAST_CYCLES));
  const least = Math.max(2, options.least ?? 2);
  const rest = levelled(values);
  if (rest === undefined || most < least) return [];
  clip(rest);
  const scratch = new Float64Array(values.length);
  const found: Period[] = [];
  const count = options.count ?? 3;
  for (let round = 0; round < 2 * count && found.length < count; round++) {
    const best = strongest(rest, { least, most, natural: options.natural ?? [] }, scratch);
    if (best === undefined || found.some(({ points }) => points === best.points)) break;
    // What a mean of phases left of an earlier period comes back as a part of it, or beside it where its height changes.
    if (!found.some(({ points }) => divides(best.points, points) || isSame(points, best.points, REMAINDER))) {
      found.push({ points: best.points, strength: Math.min(1, best.strength) });
    }
    subtractProfile(rest, withoutTrend(rest, best.points, scratch), best.points, best.phases);
  }
  return found.sort((a, b) => b.strength - a.strength);
}

type Limits = Required<Omit<PeriodOptions, 'count'>>;

function isSame(a: number, b: number, ratio = SAME): boolean {
  return Math.abs(a - b) <= ratio * Math.max(a, b);
}

/** The candidate that explains most, or a divisor of it that explains nearly as much. */
function strongest(values: Float64Array, limits: Limits, scratch: Float64Array): Found | undefined {
  const { least, most } = limits;
  const measure = (points: number): Found => ({
    points,
    ...seasonalStrength(withoutTrend(values, points, scratch), points),
  });
  const lags = candidates(values, least, most);
  const good = lags.map(measure).filter((each) => isStrong(each, values.length));
  const best = good.reduce<Found | undefined>((a, b) => (a && a.strength >= b.strength ? a : b), undefined);
  if (best === undefined) return undefined;
  let chosen = best;
  for (const part of good) {
    if (part.points >= chosen.points || !divides(part.points, best.points)) continue;
    if (part.strength >= NEARLY * best.strength || together(part, best, values, scratch) > best.strength + GAIN) {
      chosen = part;
    }
  }
  const natural = limits.natural.find((points) => points >= least && points <= most && isSame(points, chosen.points));
  const named = natural === undefined ? chosen : measure(natural);
  if (natural !== undefined && named.strength >= NEARLY * chosen.strength) return named;
  let placed = chosen;
  for (let points = Math.max(least, chosen.points - 2); points <= Math.min(most, chosen.points + 2); points++) {
    const beside = points === chosen.points ? chosen : measure(points);
    if (beside.strength > placed.strength) placed = beside;
  }
  return placed;
}

/** What a period and then its multiple explain: more than the multiple alone, where both are real. */
function together(part: Found, whole: Found, values: Float64Array, scratch: Float64Array): number {
  const rest = values.slice();
  subtractProfile(rest, withoutTrend(values, part.points, scratch), part.points, part.phases);
  const { strength } = seasonalStrength(withoutTrend(rest, whole.points, scratch), whole.points);
  return 1 - (1 - part.strength) * (1 - strength);
}

function isStrong({ points, strength, agreeing }: Found, length: number): boolean {
  const cycles = length / points;
  const asked = agreeing === 1 && cycles >= 4 ? STRENGTH_TIMES_CYCLES / 2 : STRENGTH_TIMES_CYCLES;
  return strength >= Math.max(LEAST_STRENGTH, asked / cycles) && agreeing >= LEAST_AGREEING;
}

function divides(part: number, whole: number): boolean {
  const times = Math.round(whole / part);
  return times >= 2 && isSame(whole, times * part);
}

/** Lags, each once, where the autocorrelation has a hill near a peak of the periodogram. */
function candidates(values: Float64Array, least: number, most: number): number[] {
  const length = values.length;
  const peaks = findPeaks(periodogram(values), Math.floor(length / most), Math.ceil(length / least));
  const maxLag = Math.floor(length / 2);
  // A lag without a pair, over a long gap, says nothing.
  const correlation = autocorrelation(values, { maxLag, unbiased: true }).map((value) => value || 0);
  const lags = new Set<number>();
  for (const { bin } of peaks.slice(0, MOST_PEAKS)) {
    const lag = hillNear(correlation, length, bin);
    if (lag === undefined) continue;
    const exact = placed(correlation, lag);
    if (exact > COARSE_FROM) {
      if (![...lags].some((other) => Math.abs(other - exact) < exact / COARSE_FROM)) lags.add(Math.round(exact));
      continue;
    }
    lags.add(Math.floor(exact));
    lags.add(Math.ceil(exact));
    // A period of 7.5 points comes back to the same phase after 15.
    if (exact < FRACTIONS_MATTER && Math.abs(exact - Math.round(exact)) > 0.15) lags.add(Math.round(2 * exact));
  }
  return [...lags].filter((lag) => lag >= least && lag <= most);
}

/** The top of the hill that a peak at `bin` would make, unless it hardly stands out of the valleys beside it. */
function hillNear(correlation: Float64Array, length: number, bin: number): number | undefined {
  const last = correlation.length - 1;
  const from = Math.max(2, Math.floor(length / (bin + 1)));
  const to = Math.min(last - 1, Math.ceil(length / Math.max(1, bin - 1)));
  const lag = highest(correlation, from, to);
  const top = correlation[lag] as number;
  const half = Math.max(1, Math.round(lag / 2));
  const valley = Math.max(
    lowestValue(correlation, Math.max(1, lag - half), lag - 1),
    lowestValue(correlation, lag + 1, Math.min(last, lag + half)),
  );
  return top > 0 && top - valley > 3 / Math.sqrt(length) ? lag : undefined;
}

/** The lag to a fraction of a point, from the hills at its multiples: their error is shared by so many cycles. */
function placed(correlation: Float64Array, lag: number): number {
  let exact = lag;
  for (let times = 2; times * exact < correlation.length - 2; times *= 2) {
    const reach = Math.min(Math.max(2, Math.round(exact / 10)), Math.floor((exact - 1) / 2));
    const centre = Math.round(times * exact);
    exact = highest(correlation, centre - reach, Math.min(correlation.length - 1, centre + reach)) / times;
  }
  return exact;
}

function highest(values: Float64Array, from: number, to: number): number {
  let best = from;
  for (let index = from + 1; index <= to; index++) {
    if ((values[index] as number) > (values[best] as number)) best = index;
  }
  return best;
}

function lowestValue(values: Float64Array, from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = from; index <= to; index++) least = Math.min(least, values[index] as number);
  return least;
}
