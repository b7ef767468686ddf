// The parameters by which a method of seasons knows local time: a time zone and holidays. Of a declared detector they are
// those of its `spec.calendar` unless the method is given its own.
import { HOLIDAYS_PATTERN, holidaysProblem, readHolidays } from '#model/holidays.ts';
import { createLocalTime, type LocalTime } from '#model/local-time.ts';
import { timeZoneOf } from '#model/time-zone.ts';
import type { Params, ParamValues } from './contract.ts';

export const CALENDAR_PARAMS = {
  timeZone: {
    kind: 'text',
    summary: 'Where hours and days are counted; that of spec.calendar, or UTC, when not given.',
    maxLength: 64,
    pattern: '[A-Za-z0-9_+/-]+',
    expected: 'a time zone’s name, e.g. Europe/Berlin',
    problem: (name) => (timeZoneOf(name) === undefined ? `no time zone is called ${JSON.stringify(name)}` : undefined),
  },
  holidays: {
    kind: 'text',
    summary: 'Days that count as Sundays, where days of a week differ; those of spec.calendar when not given.',
    // 366 stretches of days.
    maxLength: 8418,
    pattern: HOLIDAYS_PATTERN,
    expected: 'days with commas between them, e.g. 2026-05-01,--12-24..--12-26',
    problem: holidaysProblem,
  },
} as const satisfies Params;

export function localTimeOf({ timeZone = 'UTC', holidays = '' }: ParamValues): LocalTime {
  return createLocalTime(String(timeZone), readHolidays(String(holidays)));
}
