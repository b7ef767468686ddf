import { expect, test } from 'vitest';
import { readSamples } from './read-samples.ts';

test('each check reads the whole window of each series', () => {
  const usual = { windowMs: 3_600_000, stepMs: 30_000, intervalMs: 60_000 };
  expect(readSamples(1, usual)).toBe(120);
  expect(readSamples(40, usual)).toBe(4800);
  expect(readSamples(1, { ...usual, intervalMs: 90_000 })).toBe(80);
  expect(readSamples(0, usual)).toBe(0);
});

test('of a duration that is none nothing is known', () => {
  expect(readSamples(1, { windowMs: Number.NaN, stepMs: 30_000, intervalMs: 60_000 })).toBeNaN();
});
