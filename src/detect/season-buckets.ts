// A season held in a bounded number of buckets: what each part of a day (or week) adds to the level. Through the first cycle
// it only collects; then the bucket's means less their mean are the season (the classical start of Holt-Winters). From
// then on each visit of a bucket moves it once, by a share of the visit's mean error, so that a bucket of fifteen minutes
// does not run after what is happening within them. O(1) a point, and once O(buckets).

import { type LocalTime, plainWeekday } from '#model/local-time.ts';
import type { Params } from './contract.ts';

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;

/** Fields of the state, from `at` on; the buckets follow. */
const SLOT = 0;
const POINTS = 1;
const SUM = 2;
const SIZES = 3;
/** 0 until the first point. The slot in which collecting began, and how many cycles are known, go with it. */
const BEGUN = 4;
const FIRST = 5;
const CYCLES = 6;
const HEAD = 7;

/** With fewer of the buckets visited another cycle is waited for. */
const LEAST_KNOWN = 0.75;
/** A bucket's own spread counts for as much as this many visits of all. */
export const COMMON_VISITS = 2;

export interface SeasonOptions {
  /** Where its part of the state begins. */
  readonly at: number;
  readonly cycleMs: number;
  readonly buckets: number;
  /** Where a cycle begins: local midnight is this much before that of `local`, or of UTC. */
  readonly offsetMs: number;
  /** Absent: UTC, without holidays. Where days of a week differ, a holiday is a Sunday. */
  readonly local?: LocalTime;
  /** Of a cycle of a week: half of the buckets are of a day from Monday to Friday, the others of one at weekends. */
  readonly isWorkdays?: boolean;
  readonly stepMs: number;
  /** Least share of a visit in its bucket; the first visits have more, until their mean is as good. */
  readonly share: number;
  /** Whether each bucket also keeps the mean size of its errors. */
  readonly spreads: boolean;
}

export interface Season {
  readonly size: number;
  isKnown(state: Float64Array): boolean;
  /** What the season adds at this time; 0 until a cycle is known. */
  at(state: Float64Array, timeMs: number): number;
  /** The mean size of errors at this time, drawn towards `common`. */
  spreadAt(state: Float64Array, timeMs: number, common: number): number;
  /**
   * Takes in a point of which the rest of the model leaves `rest`, and the season too `error`; a visit's mean error is drawn
   * in to `limit`. True when with this point the first cycle became known: the caller takes it off its levels.
   */
  learn(state: Float64Array, timeMs: number, rest: number, error: number, limit: number): boolean;
  /** What an exponentially weighted mean with this half-life holds of the season just before this time. */
  within(state: Float64Array, timeMs: number, halfLifeMs: number): number;
}

interface Layout extends SeasonOptions {
  /** Buckets. */
  readonly count: number;
  /** Of a cycle; more than buckets where days share these. */
  readonly slots: number;
  readonly widthMs: number;
  slotOf(timeMs: number): number;
  bucketOf(slot: number): number;
  readonly levelsAt: number;
  readonly spreadsAt: number;
}

function layOut(options: SeasonOptions): Layout {
  const { at, cycleMs, stepMs, buckets, offsetMs, local, isWorkdays = false } = options;
  // Buckets narrower than the distance of the points would stay empty.
  const perDay = Math.max(1, Math.min(buckets / 2, Math.floor(DAY_MS / stepMs)));
  const count = isWorkdays ? 2 * perDay : Math.max(1, Math.min(buckets, Math.floor(cycleMs / stepMs)));
  const slots = isWorkdays ? 7 * perDay : count;
  const widthMs = cycleMs / slots;
  const bucketOf = (slot: number) => modulo(slot, count);
  return {
    ...options,
    ...{ count, slots, widthMs, levelsAt: at + HEAD, spreadsAt: at + HEAD + count },
    slotOf:
      local === undefined
        ? (timeMs) => Math.floor((timeMs + offsetMs) / widthMs)
        : (timeMs) => Math.floor((local.at(timeMs) + offsetMs) / widthMs),
    bucketOf:
      local === undefined || cycleMs !== WEEK_MS
        ? bucketOf
        : isWorkdays
          ? (slot) => (isWeekend(local, dayOf(slot, widthMs)) ? perDay : 0) + modulo(slot, perDay)
          : (slot) => bucketOf(asSunday(local, slot, widthMs)),
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** The local day in which the middle of the slot lies: its edges may be a hair before a midnight. */
function dayOf(slot: number, widthMs: number): number {
  return Math.floor(((slot + 0.5) * widthMs) / DAY_MS);
}

function isWeekend(local: LocalTime, day: number): boolean {
  const weekday = local.weekdayOf(day);
  return weekday === 0 || weekday === 6;
}

/** The slot itself; of a holiday, that of the next Sunday at the same time of day. */
function asSunday(local: LocalTime, slot: number, widthMs: number): number {
  const day = dayOf(slot, widthMs);
  if (!local.isHoliday(day)) return slot;
  const shiftMs = modulo(-plainWeekday(day), 7) * DAY_MS;
  return Math.floor(((slot + 0.5) * widthMs + shiftMs) / widthMs);
}

export const BUCKETS_PARAM = {
  kind: 'number',
  summary: 'Parts of a day, each with values of its own; never narrower than the distance of the points.',
  default: 96,
  min: 4,
  max: 288,
  integer: true,
} as const satisfies Params[string];

export function createSeason(options: SeasonOptions): Season {
  const layout = layOut(options);
  const { at, count, levelsAt, spreadsAt, spreads, slotOf, bucketOf } = layout;
  return {
    size: HEAD + count * (spreads ? 2 : 1),
    isKnown: (state) => state[at + CYCLES] !== 0,
    at(state, timeMs) {
      return state[at + CYCLES] === 0 ? 0 : (state[levelsAt + bucketOf(slotOf(timeMs))] as number);
    },
    spreadAt(state, timeMs, common) {
      const own = spreads ? (state[spreadsAt + bucketOf(slotOf(timeMs))] as number) : 0;
      // The first cycle has no errors of a season, and no spread.
      const visits = own === 0 ? 0 : (state[at + CYCLES] as number) - 1;
      return (visits * own + COMMON_VISITS * common) / (visits + COMMON_VISITS);
    },
    learn(state, timeMs, rest, error, limit) {
      const slot = slotOf(timeMs);
      if (state[at + BEGUN] === 0) begin(layout, state, slot);
      // What this point's error was before the season became known says nothing of it.
      if (slot !== state[at + SLOT] && enter(layout, state, slot, limit)) return true;
      state[at + POINTS] = (state[at + POINTS] as number) + 1;
      state[at + SUM] = (state[at + SUM] as number) + (state[at + CYCLES] === 0 ? rest : error);
      state[at + SIZES] = (state[at + SIZES] as number) + Math.abs(error);
      return false;
    },
    within: (state, timeMs, halfLifeMs) => within(layout, state, slotOf(timeMs) - 1, halfLifeMs),
  };
}

function begin({ at, levelsAt, count }: Layout, state: Float64Array, slot: number): void {
  state.fill(Number.NaN, levelsAt, levelsAt + count);
  state[at + BEGUN] = 1;
  state[at + FIRST] = slot;
  state[at + SLOT] = slot;
}

/** Ends the visit that is under way and begins one of `slot`; true when the first cycle became known. */
function enter(layout: Layout, state: Float64Array, slot: number, limit: number): boolean {
  const { at, slots } = layout;
  if ((state[at + POINTS] as number) > 0) leave(layout, state, limit);
  state[at + SLOT] = slot;
  state[at + POINTS] = 0;
  state[at + SUM] = 0;
  state[at + SIZES] = 0;
  if (slot - (state[at + FIRST] as number) < slots) return false;
  state[at + FIRST] = slot;
  const cycles = state[at + CYCLES] as number;
  if (cycles === 0 && !settle(layout, state)) return false;
  state[at + CYCLES] = cycles + 1;
  return cycles === 0;
}

function leave(layout: Layout, state: Float64Array, limit: number): void {
  const { at, levelsAt, spreadsAt, share, spreads, slots, count } = layout;
  const points = state[at + POINTS] as number;
  const bucket = layout.bucketOf(state[at + SLOT] as number);
  const mean = (state[at + SUM] as number) / points;
  const cycles = state[at + CYCLES] as number;
  const level = levelsAt + bucket;
  if (cycles === 0) {
    // A second visit before the first cycle is known is rare, and the later one holds; but for days that share buckets.
    const before = state[level] as number;
    state[level] = slots === count || Number.isNaN(before) ? mean : (before + mean) / 2;
    return;
  }
  const part = Math.max(share, 1 / (cycles + 1));
  state[level] = (state[level] as number) + part * Math.max(-limit, Math.min(limit, mean));
  if (!spreads) return;
  const size = (state[at + SIZES] as number) / points;
  const spread = spreadsAt + bucket;
  const before = state[spread] as number;
  state[spread] = before + (before === 0 ? 1 : part) * (size - before);
}

/** Makes the first cycle's means a season about 0; false when too few of its buckets were visited. */
function settle({ count, levelsAt }: Layout, state: Float64Array): boolean {
  let known = 0;
  for (let bucket = 0; bucket < count; bucket++) if (!Number.isNaN(state[levelsAt + bucket])) known++;
  if (known < LEAST_KNOWN * count) return false;
  let last = Number.NaN;
  // Twice around: the first buckets may have their neighbour at the end. A hole is as what was before it.
  for (let turn = 0; turn < 2 * count; turn++) {
    const level = levelsAt + (turn % count);
    if (Number.isNaN(state[level])) state[level] = last;
    last = state[level] as number;
  }
  let mean = state[levelsAt] as number;
  for (let bucket = 1; bucket < count; bucket++) {
    mean += ((state[levelsAt + bucket] as number) - mean) / (bucket + 1);
  }
  for (let bucket = 0; bucket < count; bucket++) {
    state[levelsAt + bucket] = (state[levelsAt + bucket] as number) - mean;
  }
  return true;
}

/** The buckets' mean, with weights that halve each `halfLifeMs` back from `slot`. */
function within(layout: Layout, state: Float64Array, slot: number, halfLifeMs: number): number {
  const { slots, widthMs, levelsAt, bucketOf } = layout;
  const decay = 0.5 ** (widthMs / halfLifeMs);
  let weight = 1;
  let weights = 0;
  let sum = 0;
  for (let back = 0; back < slots; back++) {
    sum += weight * (state[levelsAt + bucketOf(slot - back)] as number);
    weights += weight;
    weight *= decay;
  }
  return sum / weights;
}
