// What is usual at each hour, in a flat state: of any day, of a workday and of a day of the weekend, and how large errors are
// then. An hour counts once it is over, by its mean, so that it does not run after what happens within it; between the
// middles of two hours lies the line. Days are those of UTC. Four numbers an hour of the day, whatever the distance of the points.
import { plainWeekday } from '#model/local-time.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Share of an hour's mean in what is usual then, and of its mean error; the first days weigh as a plain mean does. */
const SHARE = 0.3;
const SIZE_SHARE = 0.1;

/** The hour under way, since 1970; how far the point at hand is from its middle, in hours; and of the hour: points, sums. */
const HOUR = 0;
const OFF = 1;
const POINTS = 2;
const DAY_SUM = 3;
const WEEK_SUM = 4;
const SIZE_SUM = 5;
/** How many days each kind has seen begin. */
const DAYS = 6;
const KINDS = 3;
const VALUES = DAYS + KINDS;
const SIZES = VALUES + KINDS * HOURS;

/** Fields of the state. */
export const HOURS_SIZE = SIZES + HOURS;

const ANY = 0;
const WORKDAY = 1;
const WEEKEND = 2;

/** Makes the part of the state that begins at `at` empty. */
export function startHours(state: Float64Array, at: number): void {
  state.fill(0, at, at + HOURS_SIZE);
  state[at + HOUR] = Number.NaN;
  state.fill(Number.NaN, at + VALUES, at + HOURS_SIZE);
}

/** Makes `timeMs` the time that the others speak of, and ends the hour under way when it lies in another. */
export function enterHour(state: Float64Array, at: number, timeMs: number): void {
  const hour = Math.floor(timeMs / HOUR_MS);
  state[at + OFF] = timeMs / HOUR_MS - hour - 0.5;
  const before = state[at + HOUR] as number;
  if (hour === before) return;
  if ((state[at + POINTS] as number) > 0) endHour(state, at, before);
  if (Number.isNaN(before) || dayOf(hour) !== dayOf(before)) {
    add(state, at + DAYS + ANY, 1);
    add(state, at + DAYS + kindOf(hour), 1);
  }
  state[at + HOUR] = hour;
  state.fill(0, at + POINTS, at + SIZE_SUM + 1);
}

/**
 * Writes what is usual at this time to the field `into`, and what is on workdays or weekends alone, whichever this is, to the
 * next; NaN where no such hour has ended yet.
 */
export function writeUsual(state: Float64Array, at: number, into: number): void {
  const hour = state[at + HOUR] as number;
  writeBetween(state, at, ANY, into);
  writeBetween(state, at, kindOf(hour), into + 1);
}

/** The mean size of errors in the hours like this; NaN when none has ended. */
export function sizeOfHour(state: Float64Array, at: number): number {
  return state[at + SIZES + hourOfDay(state[at + HOUR] as number)] as number;
}

/** Takes a point of the hour under way: what it says of any day, of such a day, and the size of its error. */
export function learnHour(state: Float64Array, at: number, ofDay: number, ofWeek: number, size: number): void {
  add(state, at + POINTS, 1);
  add(state, at + DAY_SUM, ofDay);
  add(state, at + WEEK_SUM, ofWeek);
  add(state, at + SIZE_SUM, size);
}

function endHour(state: Float64Array, at: number, hour: number): void {
  const points = state[at + POINTS] as number;
  const of = hourOfDay(hour);
  const mean = (sum: number) => (state[at + sum] as number) / points;
  const kind = kindOf(hour);
  settle(state, at + VALUES + of, mean(DAY_SUM), shareOf(state, at, ANY, SHARE));
  settle(state, at + VALUES + HOURS * kind + of, mean(WEEK_SUM), shareOf(state, at, kind, SHARE));
  settle(state, at + SIZES + of, mean(SIZE_SUM), shareOf(state, at, ANY, SIZE_SHARE));
}

function shareOf(state: Float64Array, at: number, kind: number, least: number): number {
  return Math.max(least, 1 / (state[at + DAYS + kind] as number));
}

function settle(state: Float64Array, field: number, value: number, share: number): void {
  const before = state[field] as number;
  state[field] = Number.isNaN(before) ? value : before + share * (value - before);
}

/** The line between the middles of this hour and the nearer of its neighbours, where that one is known. */
function writeBetween(state: Float64Array, at: number, kind: number, into: number): void {
  const hour = state[at + HOUR] as number;
  const off = state[at + OFF] as number;
  const values = at + VALUES + HOURS * kind;
  const own = state[values + hourOfDay(hour)] as number;
  const other = state[values + hourOfDay(off < 0 ? hour - 1 : hour + 1)] as number;
  state[into] = Number.isNaN(other) ? own : own + Math.abs(off) * (other - own);
}

function add(state: Float64Array, field: number, value: number): void {
  state[field] = (state[field] as number) + value;
}

function dayOf(hour: number): number {
  return Math.floor(hour / HOURS);
}

function hourOfDay(hour: number): number {
  return hour - HOURS * dayOf(hour);
}

function kindOf(hour: number): number {
  const weekday = plainWeekday(dayOf(hour));
  return weekday === 0 || weekday === 6 ? WEEKEND : WORKDAY;
}
