import { expect, test } from 'vitest';
import { planOf } from './engine/test-stream.ts';
import { medianIqr } from './median-iqr.ts';
import { completeParams, settingsKey } from './settings.ts';

const keyOf = (given: Parameters<typeof planOf>[0]) =>
  settingsKey(planOf({ algorithm: 'median-iqr', ...given }), medianIqr);

test('what is watched and by which name is no part of the settings', () => {
  expect(keyOf({ detector: 'a', metricName: 'x', selector: { app: 'a' } })).toBe(keyOf({}));
});

test('a default written out is the same setting, in whatever order', () => {
  expect(keyOf({ parameters: { minPoints: 20, baselineMs: 7_200_000 } })).toBe(keyOf({}));
  expect(keyOf({ parameters: { baselineMs: 7_200_000, minPoints: 20 } })).toBe(keyOf({}));
});

const CALENDAR = { timeZone: 'UTC', active: [], quiet: [], holidays: [], holidaysAre: 'quiet' as const };

test.each([
  ['threshold', { threshold: 4 }],
  ['parameters', { parameters: { minPoints: 30 } }],
  ['direction', { guards: { direction: 'above' as const } }],
  ['range', { guards: { range: { min: 0 } } }],
  ['persistence', { guards: { persistence: { points: 2, of: 3, clear: 2 } } }],
  ['missing data', { guards: { missing: 'end' as const } }],
  ['a calendar', { guards: { calendar: CALENDAR } }],
  ['another zone of it', { guards: { calendar: { ...CALENDAR, timeZone: 'Asia/Kolkata' } } }],
  ['a denominator', { guards: { denominator: { metricName: 'requests', min: 5 } } }],
])('another %s is another setting', (_, given) => {
  expect(keyOf(given)).not.toBe(keyOf({}));
});

test('parameters that are not given get their defaults; optional ones stay away; unknown ones go', () => {
  const params = {
    a: { kind: 'number', summary: '', default: 1 },
    b: { kind: 'number', summary: '', optional: true },
    c: { kind: 'boolean', summary: '', default: false },
  } as const;
  expect(completeParams(params, { a: 2, d: 'x' })).toEqual({ a: 2, c: false });
});
