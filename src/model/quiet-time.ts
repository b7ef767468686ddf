// When nothing can be anomalous: outside the active windows of a week, within the quiet ones, and on holidays where these are
// quiet. Windows are of wall clocks: 08:00 is 08:00 in summer and in winter.
import type { Holiday } from './holidays.ts';
import { createLocalTime, DAY_MS, DAY_NAMES, type DayName, localText } from './local-time.ts';

/** From `from` until before `to`, on each of the days; where `to` is not later, until then on the next day. */
export interface WeekWindow {
  readonly days: readonly DayName[];
  /** `HH:MM`; `to` may be 24:00. */
  readonly from: string;
  readonly to: string;
}

export interface QuietTime {
  readonly timeZone: string;
  /** [] is always. */
  readonly active: readonly WeekWindow[];
  readonly quiet: readonly WeekWindow[];
  readonly holidays: readonly Holiday[];
  /** What a holiday is: no day for findings at all, or one more Sunday. */
  readonly holidaysAre: 'quiet' | 'sunday';
}

export interface QuietTimes {
  isQuiet(timeMs: number): boolean;
  /** What is asked for, in words: `Mon–Fri 08:00–18:00 Europe/Berlin`. */
  readonly limit: string;
  /** The moment in local time: `Sat 09:05`. */
  actual(timeMs: number): string;
}

const MINUTE_MS = 60_000;
const MINUTES = 1440;

/** Works out a schedule; a holiday that begins a window over midnight is one of a Sunday. */
export function createQuietTimes(given: QuietTime): QuietTimes {
  const local = createLocalTime(given.timeZone, given.holidays);
  const active = given.active.map(compile);
  const quiet = given.quiet.map(compile);
  return {
    isQuiet(timeMs) {
      const localMs = local.at(timeMs);
      const day = Math.floor(localMs / DAY_MS);
      if (given.holidaysAre === 'quiet' && local.isHoliday(day)) return true;
      const minute = Math.floor((localMs - day * DAY_MS) / MINUTE_MS);
      const [today, yesterday] = [local.weekdayOf(day), local.weekdayOf(day - 1)];
      if (active.length > 0 && !active.some((window) => holds(window, today, yesterday, minute))) return true;
      return quiet.some((window) => holds(window, today, yesterday, minute));
    },
    limit: limitText(given),
    actual(timeMs) {
      const localMs = local.at(timeMs);
      return `${localText(localMs)}${local.isHoliday(Math.floor(localMs / DAY_MS)) ? ', holiday' : ''}`;
    },
  };
}

interface Compiled {
  readonly days: ReadonlySet<number>;
  readonly from: number;
  readonly to: number;
}

function compile({ days, from, to }: WeekWindow): Compiled {
  return { days: new Set(days.map((name) => DAY_NAMES.indexOf(name))), from: minuteOf(from), to: minuteOf(to) };
}

function holds({ days, from, to }: Compiled, today: number, yesterday: number, minute: number): boolean {
  if (from < to) return days.has(today) && minute >= from && minute < to;
  return (days.has(today) && minute >= from) || (days.has(yesterday) && minute < to);
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return Math.min(60 * hours + minutes, MINUTES);
}

function limitText({ timeZone, active, quiet, holidays, holidaysAre }: QuietTime): string {
  const words = [
    ...(active.length > 0 ? [active.map(windowText).join(', ')] : []),
    ...(quiet.length > 0 ? [`not ${quiet.map(windowText).join(', ')}`] : []),
    ...(holidaysAre === 'quiet' && holidays.length > 0 ? ['no holidays'] : []),
  ];
  return `${words.join('; ')} ${timeZone}`;
}

/** From Monday on, with what lies together told by its ends. */
const WEEK: readonly DayName[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function windowText({ days, from, to }: WeekWindow): string {
  const runs: [first: number, last: number][] = [];
  for (const [place, name] of WEEK.entries()) {
    if (!days.includes(name)) continue;
    const run = runs.at(-1);
    if (run?.[1] === place - 1) run[1] = place;
    else runs.push([place, place]);
  }
  const text = runs.map(([first, last]) => {
    if (first === last) return WEEK[first];
    return `${WEEK[first]}${last === first + 1 ? ',' : '–'}${WEEK[last]}`;
  });
  return `${days.length === 7 ? '' : `${text.join(',')} `}${from}–${to}`;
}
