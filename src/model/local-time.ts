// Local time as numbers: what wall clocks show, as epoch milliseconds of a clock that never changes, its day and its day of
// the week. Holidays count as Sundays.
import { createHolidays, type Holiday } from './holidays.ts';
import { timeZoneOf } from './time-zone.ts';

export const DAY_MS = 86_400_000;
export const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export type DayName = (typeof DAY_NAMES)[number];

export interface LocalTime {
  /** What wall clocks show. */
  at(timeMs: number): number;
  /** Of the local day of this number, counted from 1970-01-01. */
  isHoliday(day: number): boolean;
  /** 0 is Sunday; so is every holiday. */
  weekdayOf(day: number): number;
}

/** A zone that the platform does not know is UTC: whoever takes in a name has refused it. */
export function createLocalTime(timeZone: string, holidays: readonly Holiday[]): LocalTime {
  const zone = timeZoneOf(timeZone);
  const isHoliday = createHolidays(holidays);
  return {
    at: zone === undefined ? (timeMs) => timeMs : (timeMs) => timeMs + zone.offsetAt(timeMs),
    isHoliday,
    weekdayOf: (day) => (isHoliday(day) ? 0 : plainWeekday(day)),
  };
}

/** 1970-01-01 was a Thursday. */
export function plainWeekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `Tue 09:05` of a local time. */
export function localText(localMs: number): string {
  const day = Math.floor(localMs / DAY_MS);
  const clock = new Date(localMs).toISOString().slice(11, 16);
  return `${DAY_NAMES[plainWeekday(day)]} ${clock}`;
}
