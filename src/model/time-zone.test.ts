import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_ZONES, timeZoneOf } from './time-zone.ts';

const HOUR = 3_600_000;
const offset = (zone: string, time: string) => (timeZoneOf(zone)?.offsetAt(Date.parse(time)) ?? Number.NaN) / HOUR;

describe('local time is ahead of UTC', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 1],
    ['America/New_York', '2026-03-08T06:59:59.999Z', -5],
    ['America/New_York', '2026-03-08T07:00:00Z', -4],
    ['America/New_York', '2026-11-01T05:59:59.999Z', -4],
    ['America/New_York', '2026-11-01T06:00:00Z', -5],
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', 5.5],
    ['Asia/Kolkata', '2026-07-01T00:00:00Z', 5.5],
    ['Asia/Shanghai', '2026-07-01T00:00:00Z', 8],
    // Clocks change by half an hour, at half past.
    ['Australia/Lord_Howe', '2026-04-04T14:59:59.999Z', 11],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 10.5],
    // Samoa left out a day.
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', -10],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 14],
    ['UTC', '2026-07-01T00:00:00Z', 0],
  ] as const)('%s at %s: %s hours', (zone, time, hours) => {
    expect(offset(zone, time)).toBe(hours);
  });

  test('by what the platform says at any moment, in whatever order moments are asked for', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'UTC',
    ];
    const moment = fc.integer({ min: Date.UTC(2020, 0, 1) / 1000, max: Date.UTC(2032, 0, 1) / 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.array(moment, { minLength: 1, maxLength: 20 }), (name, seconds) => {
        for (const second of seconds) {
          const timeMs = second * 1000;
          // Swedes write dates as computers do.
          const local = new Date(timeMs).toLocaleString('sv-SE', { timeZone: name });
          expect(timeZoneOf(name)?.offsetAt(timeMs)).toBe(Date.parse(`${local.replace(' ', 'T')}Z`) - timeMs);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('as little where there is no time, as in 1970 before, and as at the end of the year 9999 after', () => {
    const zone = timeZoneOf('Europe/Berlin');
    expect([Number.NaN, -1e15, 1e18].map((timeMs) => zone?.offsetAt(timeMs))).toEqual([0, HOUR, HOUR]);
  });
});

test('a name that is none has no zone', () => {
  for (const name of ['', 'Mars/Olympus', 'Europe/Berlin ', 'constructor', '../etc']) {
    expect(timeZoneOf(name)).toBeUndefined();
  }
});

test('what is asked for again is the same, as long as not too many others were', () => {
  const berlin = timeZoneOf('Europe/Berlin');
  // Any spelling is a name: `europe/berlin`, `eUrope/berlin`, …
  const spellings = Array.from({ length: MOST_ZONES }, (_, at) =>
    Array.from('europe/berlin', (letter, place) => (((at + 1) >> place) & 1 ? letter.toUpperCase() : letter)).join(''),
  );
  expect(new Set(spellings).size).toBe(MOST_ZONES);
  for (const name of spellings.slice(0, MOST_ZONES - 1)) {
    expect(timeZoneOf(name)?.offsetAt(Date.UTC(2026, 6, 1))).toBe(2 * HOUR);
    expect(timeZoneOf('Europe/Berlin')).toBe(berlin);
  }
  for (const name of spellings) timeZoneOf(name);
  const again = timeZoneOf('Europe/Berlin');
  expect(again).not.toBe(berlin);
  // Whoever holds the old one may go on with it.
  expect(berlin?.offsetAt(Date.UTC(2026, 0, 1))).toBe(again?.offsetAt(Date.UTC(2026, 0, 1)));
});
