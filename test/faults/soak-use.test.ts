import { expect, test } from 'vitest';
import { slope } from './soak-use.ts';

const HOUR = 3_600_000;
const line = (perHour: number) =>
  Array.from({ length: 60 }, (_, minute) => [minute * 60_000, 100 + (perHour * minute) / 60] as const);

test('a line has its own slope, an hour', () => {
  expect(slope(line(12))).toBeCloseTo(12);
  expect(slope(line(0))).toBe(0);
});

test('a few peaks are no growth', () => {
  const peaks = line(0).map(([timeMs, value], index) => [timeMs, index > 50 && index % 3 === 0 ? 400 : value] as const);
  expect(slope(peaks)).toBe(0);
});

test('of less than two points nothing is known', () => {
  expect(slope([])).toBeNaN();
  expect(slope([[HOUR, 1]])).toBeNaN();
});
