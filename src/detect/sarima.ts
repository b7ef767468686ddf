// The error of a seasonal ARIMA's forecast of one point. Orders and coefficients are found by itself in the points of the
// last days: when the first are there, each time they have doubled, and three times a window from then on, so that finding
// (20 ms for 4,320 points) costs some 10 µs a point. In between a step is O(1). The season is tried when the window holds
// two whole periods with few gaps; of points nearer than a minute it holds less than that of a day. What one sigma is has a
// long memory. 92 kB with the defaults and a point a minute: it is for series that are chosen.
import type { Score } from '#model/score.ts';
import { arimaErrors, MOST_LAGS, noLags } from '#stats/arima-errors.ts';
import { type ArimaFinder, createArimaFinder, type FittedArima } from '#stats/auto-arima.ts';
import type { Algorithm, ParamValues, Scorer, ScorerDeps } from './contract.ts';
import { followingScorer, MIN_POINTS_PARAM, seenOf } from './following-scorer.ts';
import { learnResidual, residualSigma, SPREAD_PARAM } from './residual-spread.ts';
import { AT, keepModel, keepPoint, partAt, readPoints, type SarimaSize, sizeOf } from './sarima-state.ts';
import { DAY_MS } from './season-buckets.ts';
import { fillScore } from './sigma.ts';
import { decayOf, discountMean, worthOf } from './weighted-mean.ts';

/** A longer window is cut. */
const MOST_POINTS = 5000;
const LEAST_POINTS = 30;
/** How often a full window is looked at anew. */
const FINDINGS_A_WINDOW = 3;
/** With fewer of its points there, the window says nothing of the season. */
const LEAST_KNOWN = 0.75;
/** Until a model is found: an exponentially weighted mean, ARIMA(0, 1, 1). */
const FIRST_MA = -0.7;
const FIRST_UNCERTAINTY = 0.3;

function createSarima(values: ParamValues, { stepMs }: ScorerDeps): Scorer {
  const minPoints = Number(values.minPoints);
  const capacity = Math.max(LEAST_POINTS, Math.min(MOST_POINTS, Math.round(Number(values.windowMs) / stepMs)));
  const places = Math.round(Number(values.periodMs) / stepMs);
  const size: SarimaSize = { capacity, parts: places >= 2 && 2 * places < capacity ? places : 0 };
  const decay = decayOf(stepMs, Number(values.spreadHalfLifeMs));
  let search: Search | undefined;

  function take(state: Float64Array, timeMs: number, value: number, isScored: boolean, out: Score): void {
    const seen = seenOf(state);
    const slot = Math.round(timeMs / stepMs);
    if (seen === 0) begin(state, minPoints, value);
    else {
      const expected = expectedAt(state, size, slot);
      const uncertainty = state[AT.uncertainty] as number;
      if (isScored) fillScore(out, value, expected, residualSigma(state, AT.spread, uncertainty));
      learnResidual(state, AT.spread, decay, value - expected, uncertainty);
      follow(state, size, slot, value, value - expected);
    }
    keepPoint(state, size, timeMs, value);
    if (seen + 1 < (state[AT.due] as number)) return;
    state[AT.due] = seen + 1 + Math.min(seen + 1, Math.ceil(capacity / FINDINGS_A_WINDOW));
    search ??= createSearch(size, stepMs);
    const wasSeasonal = state[AT.isSeasonal];
    // The spread holds what the model before it missed.
    if (search.renew(state) && state[AT.isSeasonal] !== wasSeasonal) discountMean(state, AT.spread, minPoints);
  }

  return followingScorer({
    stepMs,
    size: sizeOf(size),
    minPoints,
    take,
    worth: (state) => Math.max(1, worthOf(state, AT.spread)),
  });
}

function begin(state: Float64Array, minPoints: number, value: number): void {
  state[AT.due] = minPoints;
  state[AT.uncertainty] = FIRST_UNCERTAINTY;
  state[AT.differences] = 1;
  state[AT.ma] = FIRST_MA;
  state[AT.before] = value;
}

/** What the model expects at this time. */
function expectedAt(state: Float64Array, size: SarimaSize, slot: number): number {
  const mean = state[AT.mean] as number;
  let expected = mean;
  if (state[AT.differences] === 1) expected += state[AT.before] as number;
  for (let lag = 0; lag < MOST_LAGS; lag++) {
    expected += (state[AT.ar + lag] as number) * (state[AT.differenced + lag] as number);
    expected += (state[AT.ma + lag] as number) * (state[AT.errors + lag] as number);
  }
  if (state[AT.isSeasonal] === 0) return expected;
  const part = partAt(size, slot);
  expected += (state[AT.seasonalAr] as number) * ((state[part] as number) - mean);
  return expected + (state[AT.seasonalMa] as number) * (state[part + size.parts] as number);
}

/** Moves the lags on by a point that was `error` off. */
function follow(state: Float64Array, size: SarimaSize, slot: number, value: number, error: number): void {
  let level = value - (state[AT.mean] as number);
  let shock = error;
  if (state[AT.isSeasonal] === 1) {
    const part = partAt(size, slot);
    level -= (state[AT.seasonalAr] as number) * ((state[part] as number) - (state[AT.mean] as number));
    shock += (state[AT.seasonalMa] as number) * (state[part + size.parts] as number);
    state[part] = value;
    state[part + size.parts] = error;
  }
  const differenced = state[AT.differences] === 1 ? level - (state[AT.before] as number) : level;
  for (let lag = MOST_LAGS - 1; lag > 0; lag--) {
    state[AT.differenced + lag] = state[AT.differenced + lag - 1] as number;
    state[AT.errors + lag] = state[AT.errors + lag - 1] as number;
  }
  state[AT.before] = level;
  state[AT.differenced] = differenced;
  state[AT.errors] = shock;
}

interface Search {
  /** Finds a model in the ring and puts it in place; false when there is none. */
  renew(state: Float64Array): boolean;
}

/** What finding needs beside the state; it keeps nothing from one series to the next. */
function createSearch(size: SarimaSize, stepMs: number): Search {
  const { capacity, parts } = size;
  const timesMs = new Float64Array(capacity);
  const values = new Float64Array(capacity);
  const grid = new Float64Array(capacity);
  const errors = new Float64Array(capacity);
  const finder: ArimaFinder = createArimaFinder(capacity);

  /** Fills a gap with what was there a period before, shifted to meet both ends; without such, with a straight line. */
  function bridge(from: number, to: number): void {
    const before = (place: number) => (from < parts ? 0 : (grid[place - parts] as number));
    const first = (grid[from] as number) - before(from);
    const last = (grid[to] as number) - before(to);
    for (let gap = from + 1; gap < to; gap++) {
      grid[gap] = before(gap) + first + ((last - first) * (gap - from)) / (to - from);
    }
  }

  /** Lays the points on their steps, without gaps; returns how many steps, or 0 where they tell no season. */
  function layOut(held: number): number {
    const slotOf = (index: number) => Math.round((timesMs[index] as number) / stepMs);
    const last = slotOf(held - 1);
    const steps = Math.min(capacity, last - slotOf(0) + 1);
    if (parts === 0 || !(steps > 2 * parts) || held < LEAST_KNOWN * steps) return 0;
    let filled = -1;
    for (let index = 0; index < held; index++) {
      const place = slotOf(index) - last + steps - 1;
      // Out of order, or two in a step: the later holds.
      if (place < 0 || place < filled) continue;
      const value = values[index] as number;
      grid[place] = value;
      if (filled < 0) grid.fill(value, 0, place);
      else bridge(filled, place);
      filled = place;
    }
    return steps;
  }

  return {
    renew(state) {
      const held = readPoints(state, size, timesMs, values);
      const steps = layOut(held);
      const used = steps === 0 ? values.subarray(0, held) : grid.subarray(0, steps);
      const found = finder.find(used, steps === 0 ? 0 : parts);
      if (found === undefined) return false;
      place(state, found, used);
      if (found.period > 0) {
        const newest = Math.round((timesMs[held - 1] as number) / stepMs);
        for (let back = 0; back < parts; back++) {
          const part = partAt(size, newest - back);
          state[part] = used[steps - 1 - back] as number;
          state[part + parts] = errors[steps - 1 - back] as number;
        }
      }
      return true;
    },
  };

  function place(state: Float64Array, found: FittedArima, used: Float64Array): void {
    const lags = noLags();
    arimaErrors(found, used, used.length, found.period, errors, lags);
    keepModel(state, found, lags);
    state[AT.isSeasonal] = found.period > 0 ? 1 : 0;
    state[AT.uncertainty] = found.free / used.length;
  }
}

export const sarima: Algorithm = {
  name: 'sarima',
  summary:
    'Error of a seasonal ARIMA whose orders and coefficients are found in the last days and looked at again each day.',
  source:
    'Box & Jenkins, Time Series Analysis (1970); orders by Hyndman & Khandakar, Automatic time series forecasting (2008)',
  shines: 'Points that resemble their neighbours and those of a day ago; for few series, for it is dear.',
  fails: 'What comes slowly is foretold, and so missed.',
  params: {
    periodMs: {
      kind: 'number',
      summary: 'After what time the series may repeat. The season is used where it foretells better.',
      default: DAY_MS,
      min: 600_000,
      max: 604_800_000,
      unit: 'ms',
    },
    windowMs: {
      kind: 'number',
      summary: 'Recorded time in which the model is found; 5000 points at most. More than two periods tell a season.',
      default: 3 * DAY_MS,
      min: 1_200_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
    spreadHalfLifeMs: SPREAD_PARAM,
    minPoints: MIN_POINTS_PARAM,
  },
  create: createSarima,
};
