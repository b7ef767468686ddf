// The series of the tuning guide: drawn from a seed, with a shape that one can name (a day, a wandering level, a habit of
// spikes) and faults put in by the code that back-tests use, so that what is true of each point is known.
import { type Fault, type FaultKind, faultyLevel } from '#stats/fault.ts';
import { createRng, type Rng } from '#stats/rng.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What is done every day at this hour (UTC), a backup; `size` in sigmas. */
export interface Job {
  readonly hour: number;
  readonly hours: number;
  readonly size: number;
  /** Days of the week, Monday is 0; absent: all. */
  readonly days?: readonly number[];
  /** The first day of the series with it. */
  readonly since?: number;
}

/** Day of the series, from 0, and hour of that day (may have a fraction); UTC. The first day is a Monday. */
export type Moment = readonly [day: number, hour: number];

export interface FaultShape {
  readonly kind: FaultKind;
  readonly at: Moment;
  readonly hours: number;
  /** Sigmas of the noise, signed; of a `drop-out` and a `season` it means nothing. */
  readonly size: number;
  /** Share of its points that show it, where it flutters. */
  readonly share?: number;
}

export interface Shape {
  readonly seed: number;
  /** What is measured, in words. */
  readonly what: string;
  readonly stepMs: number;
  readonly days: number;
  readonly level: number;
  /** One sigma of the noise, as a share of the level. */
  readonly noise: number;
  /** What is left of the noise after a step; 0 when absent. */
  readonly memory?: number;
  /** Share of the level by which a day moves it up and down. */
  readonly day?: number;
  /** Waves beside it; `share` as of `day`. */
  readonly waves?: readonly { readonly periodMs: number; readonly share: number }[];
  /** What the level is multiplied by at weekends, and on days that are like them. */
  readonly weekend?: number;
  readonly holidays?: readonly number[];
  /** From then on all that is done by the clock is done so many hours earlier in UTC: summer time. */
  readonly clock?: { readonly at: Moment; readonly hours: number };
  /** By how much of the level a day lifts it. */
  readonly trend?: number;
  /** A random walk: sigma of its steps, as a share of the level. */
  readonly wander?: number;
  /** The level moves for good and nothing is wrong: a release. */
  readonly releases?: readonly { readonly at: Moment; readonly factor: number }[];
  readonly jobs?: readonly Job[];
  /** What comes at even distances, whatever the clock says. */
  readonly bursts?: { readonly everyMs: number; readonly lastsMs: number; readonly size: number };
  /** Single points that are far up by habit: their share, and their size in sigmas. */
  readonly habit?: { readonly share: number; readonly size: number };
  /** Whole numbers, drawn with the level as their mean. */
  readonly isCount?: boolean;
  /** No value is below. */
  readonly floor?: number;
  readonly gaps?: readonly { readonly at: Moment; readonly hours: number }[];
  /** Values that a broken sensor sent: no fault of what is measured. */
  readonly glitches?: readonly { readonly at: Moment; readonly value: number }[];
  readonly faults: readonly FaultShape[];
}

export interface TrueFault {
  readonly kind: FaultKind;
  readonly fromMs: number;
  /** Of its last point. */
  readonly toMs: number;
}

/** Columns of one length, evenly spaced; NaN is missing. */
export interface MadeSeries {
  readonly what: string;
  readonly stepMs: number;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** What a ratio is of, a point each. */
  readonly beneath?: Float64Array;
  /** In order of time. */
  readonly faults: readonly TrueFault[];
}

/** A Monday. */
export const FROM_MS = Date.UTC(2026, 2, 2);

export function momentMs([day, hour]: Moment): number {
  return FROM_MS + day * DAY + hour * HOUR;
}

/** The series of this shape; the same on every machine. */
export function makeSeries(shape: Shape): MadeSeries {
  const { what, stepMs } = shape;
  const random = createRng(shape.seed);
  const timesMs = timesOf(shape);
  const levels = levelsOf(shape, timesMs, random);
  const faults = placed(shape, timesMs);
  const draw = drawer(shape, random);
  const values = levels.map((level, index) => {
    const fault = faults.find(({ first, last }) => index >= first && index <= last);
    const sigma = shape.level * shape.noise;
    if (fault === undefined || (fault.share < 1 && random.uniform() >= fault.share)) return draw(level, sigma);
    const faulty = faultyLevel(fault, { levels, index, sigma, halfSeason: Math.round(DAY / 2 / stepMs) });
    return draw(faulty.level, sigma * faulty.spread);
  });
  spoil(shape, timesMs, values);
  return { what, stepMs, timesMs, values, faults: truth(faults, timesMs) };
}

export interface RatioShape {
  readonly seed: number;
  readonly what: string;
  readonly stepMs: number;
  readonly days: number;
  /** Requests in a step at noon, and what is left of them at midnight. */
  readonly requests: number;
  readonly atNight: number;
  /** Usual share of failures. */
  readonly failing: number;
  /** Outages: the share of failures while they last. */
  readonly faults: readonly { readonly at: Moment; readonly hours: number; readonly failing: number }[];
}

/** The share of requests that failed, and how many there were beneath it; 0 where there were none. */
export function makeRatio(shape: RatioShape): MadeSeries {
  const { what, stepMs, requests, atNight } = shape;
  const random = createRng(shape.seed);
  const timesMs = timesOf(shape);
  const faults = placed({ ...shape, faults: shape.faults.map((one) => ({ ...one, kind: 'shift', size: 1 })) }, timesMs);
  const beneath = timesMs.map((timeMs) => {
    const noon = (1 - Math.cos((2 * Math.PI * (timeMs - FROM_MS)) / DAY)) / 2;
    return poisson(requests * (atNight + (1 - atNight) * noon ** 2), random);
  });
  const values = beneath.map((count, index) => {
    const fault = faults.findIndex(({ first, last }) => index >= first && index <= last);
    const share = shape.faults[fault]?.failing ?? shape.failing;
    let failed = 0;
    for (let one = 0; one < count; one++) if (random.uniform() < share) failed++;
    return count === 0 ? 0 : failed / count;
  });
  return { what, stepMs, timesMs, values, beneath, faults: truth(faults, timesMs) };
}

function timesOf({ days, stepMs }: Pick<Shape, 'days' | 'stepMs'>): Float64Array {
  return Float64Array.from({ length: Math.round((days * DAY) / stepMs) }, (_, index) => FROM_MS + index * stepMs);
}

function levelsOf(shape: Shape, timesMs: Float64Array, random: Rng): Float64Array {
  const { level, day = 0, waves = [], trend = 0, wander = 0, releases = [] } = shape;
  let walked = 0;
  return timesMs.map((timeMs) => {
    walked += wander === 0 ? 0 : wander * random.normal();
    const sinceMs = clockMs(shape, timeMs);
    const turn = (periodMs: number) => Math.sin((2 * Math.PI * sinceMs) / periodMs - Math.PI / 2);
    // Not a plain sine: a day has a steeper morning than evening.
    const seasonal = day * (turn(DAY) + 0.3 * Math.sin((4 * Math.PI * sinceMs) / DAY));
    const more = waves.reduce((sum, { periodMs, share }) => sum + share * turn(periodMs), 0);
    const released = releases.reduce((factor, one) => (timeMs >= momentMs(one.at) ? factor * one.factor : factor), 1);
    const usual = (1 + seasonal + more) * ofDay(shape, sinceMs) * released;
    return level * (usual + (trend * sinceMs) / DAY + walked + jobAt(shape, sinceMs));
  });
}

/** Since the first midnight, by the clock on the wall. */
function clockMs({ clock }: Shape, timeMs: number): number {
  return timeMs - FROM_MS + (clock !== undefined && timeMs >= momentMs(clock.at) ? clock.hours * HOUR : 0);
}

function ofDay({ weekend = 1, holidays = [] }: Shape, sinceMs: number): number {
  const day = Math.floor(sinceMs / DAY);
  return day % 7 >= 5 || holidays.includes(day) ? weekend : 1;
}

function jobAt({ jobs = [], bursts, noise }: Shape, sinceMs: number): number {
  const day = Math.floor(sinceMs / DAY);
  const hour = (sinceMs % DAY) / HOUR;
  const burst = bursts !== undefined && sinceMs % bursts.everyMs < bursts.lastsMs ? bursts.size * noise : 0;
  return jobs.reduce((sum, { hour: from, hours, size, days, since = 0 }) => {
    const runs = day >= since && (days === undefined || days.includes(day % 7));
    return runs && hour >= from && hour < from + hours ? sum + size * noise : sum;
  }, burst);
}

interface Placed extends Fault {
  readonly share: number;
}

function placed({ faults, stepMs }: Pick<Shape, 'faults' | 'stepMs'>, timesMs: Float64Array): Placed[] {
  return faults
    .map(({ kind, at, hours, size, share = 1 }) => {
      const first = Math.round((momentMs(at) - FROM_MS) / stepMs);
      const last = first + Math.max(1, Math.round((hours * HOUR) / stepMs)) - 1;
      if (first < 0 || last >= timesMs.length) throw new RangeError(`a ${kind} lies outside of its series`);
      return { kind, first, last, size, share };
    })
    .sort((a, b) => a.first - b.first);
}

function truth(faults: readonly Fault[], timesMs: Float64Array): TrueFault[] {
  return faults.map(({ kind, first, last }) => ({
    kind,
    fromMs: timesMs[first] as number,
    toMs: timesMs[last] as number,
  }));
}

function drawer(shape: Shape, random: Rng): (level: number, sigma: number) => number {
  const { memory = 0, habit = { share: 0, size: 0 }, isCount = false, floor = Number.NEGATIVE_INFINITY } = shape;
  let last = 0;
  return (level, sigma) => {
    last = memory * last + Math.sqrt(1 - memory ** 2) * random.normal();
    const far = habit.share > 0 && random.uniform() < habit.share ? habit.size * (0.5 + random.uniform()) : 0;
    if (isCount) return poisson(Math.max(0, level), random);
    return Math.max(floor, level + sigma * (last + far));
  };
}

function spoil({ gaps = [], glitches = [], stepMs }: Shape, timesMs: Float64Array, values: Float64Array): void {
  for (const { at, hours } of gaps) {
    const fromMs = momentMs(at);
    timesMs.forEach((timeMs, index) => {
      if (timeMs >= fromMs && timeMs < fromMs + hours * HOUR) values[index] = Number.NaN;
    });
  }
  for (const { at, value } of glitches) values[Math.round((momentMs(at) - FROM_MS) / stepMs)] = value;
}

/** Knuth's for small means, rounded normals for large ones. */
function poisson(mean: number, random: Rng): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}
