// What a detector knows of time: where days and hours are counted, which days are not like others, and in which hours of a
// week something may be anomalous at all. Time zone and holidays are said once: the guard and the seasons of a method go by
// the same.
import { z } from 'zod';
import type { Holiday } from '#model/holidays.ts';
import { DAY_NAMES } from '#model/local-time.ts';
import { day, duration, list, oneOf, text } from '../fields.ts';
import { rule, rules } from '../schema/structural-schema.ts';

export const holiday = z
  .strictObject({
    from: day.describe('The first day'),
    to: day.optional().describe('The last day; the first when absent'),
    name: text(100).optional().describe('What people call it'),
  })
  .meta(
    rules(
      rule(
        `!has(self.to) || self.to.startsWith('--') == self.from.startsWith('--')`,
        'expected both days of one year, or both of every year',
        'to',
      ),
      rule(
        `!has(self.to) || self.from.startsWith('--') || self.to.startsWith('--') || self.to >= self.from`,
        'expected no day before "from"',
        'to',
      ),
    ),
  );

export const calendar = z.strictObject({
  timeZone: text(64, /^[A-Za-z0-9_+\-/]+$/, 'expected a time zone’s name, e.g. Europe/Berlin')
    .default('UTC')
    .describe('Where days and hours are counted'),
  seasons: list(duration('1h', '744h'), 4)
    .optional()
    .describe('Periods in which the series repeats; absent: found by itself'),
  holidays: list(holiday, 366).optional().describe('Days that are not like others'),
});

/** The holidays, each with its last day. */
export function holidaysOf({ holidays = [] }: z.infer<typeof calendar>): Holiday[] {
  return holidays.map(({ from, to = from }) => ({ from, to }));
}

const CLOCK = 'expected a time of day, e.g. 08:00';
const clock = (last: string) => text(5, new RegExp(`^(([01][0-9]|2[0-3]):[0-5][0-9]${last})$`), CLOCK);

export const weekWindow = z
  .strictObject({
    days: list(oneOf(DAY_NAMES), 7, 1)
      .meta({ 'x-kubernetes-list-type': 'set' })
      .optional()
      .describe('Days on which it begins; absent: every day'),
    from: clock('').default('00:00').describe('When it begins, in local time'),
    to: clock('|24:00')
      .default('24:00')
      .describe('When it ends; where that is not later than its begin, on the next day'),
  })
  .meta(rules(rule('self.from != self.to', 'expected another time than "from"', 'to')));

const MOST_WINDOWS = 32;

/** As a guard. */
export const quietTime = z
  .strictObject({
    active: list(weekWindow, MOST_WINDOWS, 1)
      .optional()
      .describe('When a point may be anomalous; absent: always, but for "quiet"'),
    quiet: list(weekWindow, MOST_WINDOWS, 1).optional().describe('When none may, even within "active"'),
    holidays: oneOf(['sunday', 'quiet'])
      .default('sunday')
      .describe('What the holidays of spec.calendar are: Sundays, or days on which nothing is anomalous'),
  })
  .meta(
    rules(
      rule(
        `has(self.active) || has(self.quiet) || self.holidays == 'quiet'`,
        'expected "active", "quiet" or quiet holidays',
      ),
    ),
  );
