import { expect, test } from 'vitest';
import { samplesPerMinute } from './samples-per-minute.ts';

test('each check reads the whole window of each series', () => {
  const usual = { windowMs: 3_600_000, stepMs: 30_000, intervalMs: 60_000 };
  expect(samplesPerMinute(1, usual)).toBe(120);
  expect(samplesPerMinute(40, usual)).toBe(4800);
  expect(samplesPerMinute(1, { ...usual, intervalMs: 90_000 })).toBe(80);
  expect(samplesPerMinute(0, usual)).toBe(0);
});

test('of a duration that is none nothing is known', () => {
  expect(samplesPerMinute(1, { windowMs: Number.NaN, stepMs: 30_000, intervalMs: 60_000 })).toBeNaN();
});
