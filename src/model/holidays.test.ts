import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHolidays, HOLIDAYS_PATTERN, holidaysProblem, holidaysText, readHolidays } from './holidays.ts';

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const isHoliday = (text: string, date: string) => createHolidays(readHolidays(text))(dayOf(date));

describe('a day is a holiday', () => {
  test.each([
    ['2026-12-25', '2026-12-25', true],
    ['2026-12-25', '2027-12-25', false],
    ['2026-12-24..2026-12-26', '2026-12-25', true],
    ['2026-12-24..2026-12-26', '2026-12-27', false],
    ['--12-25', '2026-12-25', true],
    ['--12-25', '2031-12-25', true],
    ['--12-25', '2026-12-24', false],
    ['--12-24..--01-01', '2026-12-31', true],
    ['--12-24..--01-01', '2027-01-01', true],
    ['--12-24..--01-01', '2027-01-02', false],
    ['--02-29', '2028-02-29', true],
    ['--02-29', '2027-03-01', false],
    ['', '2026-01-01', false],
    ['2026-05-01,--10-03', '2029-10-03', true],
  ])('%s: %s is %s', (text, date, is) => {
    expect(isHoliday(text, date)).toBe(is);
  });

  test('whichever day was asked for before', () => {
    const one = createHolidays(readHolidays('2026-05-01'));
    expect(['2026-05-01', '2026-05-02', '2026-05-01'].map((date) => one(dayOf(date)))).toEqual([true, false, true]);
  });
});

const anyHoliday = fc
  .tuple(fc.integer({ min: dayOf('1971-01-01'), max: dayOf('2099-12-31') }), fc.nat(30), fc.boolean())
  .map(([day, length, isYearly]) => {
    const [from = '', to = ''] = [day, day + length].map((one) => {
      const date = new Date(one * 86_400_000).toISOString().slice(0, 10);
      return isYearly ? `-${date.slice(4)}` : date;
    });
    return { from, to };
  });

test('a list is the same after it was written as text, which the pattern lets in and nothing is wrong with', () => {
  fc.assert(
    fc.property(fc.array(anyHoliday, { maxLength: 20 }), (holidays) => {
      const text = holidaysText(holidays);
      expect(readHolidays(text)).toEqual(holidays);
      expect(text).toMatch(new RegExp(`^${HOLIDAYS_PATTERN}$`));
      expect(holidaysProblem(text)).toBeUndefined();
    }),
  );
});

test.each(['2026-12', '25-12', '--13-01', '--00-10', '--02-30', '--04-31', '2026-12-25,', ' 2026-12-25', '--1-1', 'x'])(
  'the pattern refuses %j',
  (text) => {
    expect(text).not.toMatch(new RegExp(`^${HOLIDAYS_PATTERN}$`));
  },
);

test.each([
  ['2026-02-30', 'there is no day "2026-02-30"'],
  ['2026-05-02..2026-05-01', '2026-05-01 is before 2026-05-02'],
  ['2026-05-02..--05-03', '2026-05-02 and --05-03 are not both of one year or both of every year'],
])('what a pattern cannot see is said of %s', (text, problem) => {
  expect(holidaysProblem(text)).toBe(problem);
});
