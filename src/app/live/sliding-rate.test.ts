import { expect, test } from 'vitest';
import { createSlidingRate } from './sliding-rate.ts';

const MINUTE = 60_000;

test('is that of the last minutes, whatever came before, and the same between two bursts', () => {
  const rate = createSlidingRate(5 * MINUTE);
  let total = 1_000_000;
  expect(rate.read(total, 0)).toBe(0);
  for (let minute = 1; minute <= 20; minute++) {
    total += minute <= 10 ? 6000 : 600;
    for (const second of [0, 20, 40]) {
      const now = rate.read(total, minute * MINUTE + second * 1000);
      if (minute <= 10) expect(now).toBeCloseTo(100);
      if (minute > 16) expect(now).toBeCloseTo(10);
    }
  }
});

test('is 0 when nothing comes any more, after a new beginning, and of what was counted before it', () => {
  const rate = createSlidingRate(5 * MINUTE);
  rate.read(0, 0);
  expect(rate.read(600, MINUTE)).toBe(10);
  expect(rate.read(600, 7 * MINUTE)).toBe(0);
  expect(rate.read(1200, 8 * MINUTE)).toBeGreaterThan(0);
  expect(rate.read(10, 9 * MINUTE)).toBe(0);
  expect(rate.read(610, 10 * MINUTE)).toBe(10);
  rate.restart();
  expect(rate.read(999_999, 11 * MINUTE)).toBe(0);
});
