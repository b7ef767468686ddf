import { describe, expect, test } from 'vitest';
import { createQuietTimes, type QuietTime, type WeekWindow } from './quiet-time.ts';

const WORKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] as const;
const OFFICE: WeekWindow = { days: WORKDAYS, from: '08:00', to: '18:00' };
const timesOf = (given: Partial<QuietTime>) =>
  createQuietTimes({ timeZone: 'UTC', active: [], quiet: [], holidays: [], holidaysAre: 'sunday', ...given });
const isQuiet = (given: Partial<QuietTime>, time: string) => timesOf(given).isQuiet(Date.parse(time));

const BERLIN = { timeZone: 'Europe/Berlin', active: [OFFICE] };
const NIGHT = { quiet: [{ days: ['Fri'], from: '22:00', to: '06:00' }] as const };
const CHRISTMAS = { holidays: [{ from: '--12-25', to: '--12-26' }] };

describe('nothing can be anomalous', () => {
  test.each([
    // 2026-11-27 is a Friday.
    ['before the window begins', BERLIN, '2026-11-27T06:59:59.999Z', true],
    ['not from its first minute on', BERLIN, '2026-11-27T07:00:00Z', false],
    ['from the minute of its end on', BERLIN, '2026-11-27T17:00:00Z', true],
    ['in summer an hour of UTC earlier', BERLIN, '2026-07-03T16:00:00Z', true],
    ['… and at both ends', BERLIN, '2026-07-03T06:00:00Z', false],
    ['on a day that is not named', BERLIN, '2026-11-28T12:00:00Z', true],
    ['within a quiet window', NIGHT, '2026-11-27T22:00:00Z', true],
    ['over midnight too', NIGHT, '2026-11-28T05:59:00Z', true],
    ['not after its end on the next day', NIGHT, '2026-11-28T06:00:00Z', false],
    ['not in the night before its day', NIGHT, '2026-11-27T05:00:00Z', false],
    ['in a quiet window within an active one', { active: [OFFICE], ...NIGHT }, '2026-11-27T23:00:00Z', true],
    ['on a holiday, which counts as a Sunday', { active: [OFFICE], ...CHRISTMAS }, '2026-12-25T12:00:00Z', true],
    ['not on a holiday where Sundays count', CHRISTMAS, '2026-12-25T12:00:00Z', false],
    ['on any holiday that is quiet', { ...CHRISTMAS, holidaysAre: 'quiet' }, '2026-12-26T12:00:00Z', true],
    [
      'by the holiday’s local day',
      { ...CHRISTMAS, holidaysAre: 'quiet', timeZone: 'Asia/Kolkata' },
      '2026-12-24T18:30:00Z',
      true,
    ],
    [
      'not before that day begins there',
      { ...CHRISTMAS, holidaysAre: 'quiet', timeZone: 'Asia/Kolkata' },
      '2026-12-24T18:29:00Z',
      false,
    ],
  ] as const)('%s', (_, given, time, quiet) => {
    expect(isQuiet(given, time)).toBe(quiet);
  });

  test('for an hour less on the day on which clocks go forward, and an hour more when they go back', () => {
    const night = { timeZone: 'America/New_York', quiet: [{ days: ['Sun'], from: '00:00', to: '06:00' }] as const };
    const minutes = (date: string) => {
      const times = timesOf(night);
      let count = 0;
      for (let minute = 0; minute < 1440; minute++) {
        if (times.isQuiet(Date.parse(`${date}T05:00:00Z`) - 3_600_000 + minute * 60_000)) count++;
      }
      return count;
    };
    expect([minutes('2026-03-08'), minutes('2026-06-07'), minutes('2026-11-01')]).toEqual([300, 360, 420]);
  });
});

describe('the words', () => {
  test('say what is asked for, and what time it was there', () => {
    const times = timesOf({ ...BERLIN, ...NIGHT, ...CHRISTMAS, holidaysAre: 'quiet' });
    expect(times.limit).toBe('Mon–Fri 08:00–18:00; not Fri 22:00–06:00; no holidays Europe/Berlin');
    expect(times.actual(Date.parse('2026-11-27T06:05:59Z'))).toBe('Fri 07:05');
    expect(times.actual(Date.parse('2026-12-25T06:05:00Z'))).toBe('Fri 07:05, holiday');
  });

  test('name days one by one where they do not follow each other, and none where all are meant', () => {
    const days = ['Sun', 'Mon', 'Tue', 'Thu', 'Sat'] as const;
    expect(timesOf({ active: [{ days, from: '00:00', to: '24:00' }] }).limit).toBe(
      'Mon,Tue,Thu,Sat,Sun 00:00–24:00 UTC',
    );
    const all = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
    expect(timesOf({ active: [{ days: all, from: '07:00', to: '09:00' }] }).limit).toBe('07:00–09:00 UTC');
  });
});
