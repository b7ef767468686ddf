import fc from 'fast-check';
import { expect, test } from 'vitest';
import { farthest, numbers, readGolden } from '../../test/reference/golden.ts';
import { createRng } from './rng.ts';
import { rollingZScore } from './rolling-z-score.ts';

const { window, minPoints, series } = readGolden();

/** A window that rounds to the same mean may score 0 on one side and 0/0 on the other. */
const scoreOf = (values: readonly (number | null)[]) => rollingZScore(numbers(values), { window, minPoints });

test.each(Object.entries(series))('of "%s" it is what rational arithmetic gives', (_, golden) => {
  expect(farthest(scoreOf(golden.values), numbers(golden.rollingZScore))).toBeLessThan(1e-9);
});

test.each(['noise', 'gaps'] as const)('of "%s" it is pandas’ to 1e-9', (name) => {
  const golden = series[name];
  expect(farthest(scoreOf(golden?.values ?? []), numbers(golden?.pandasZScore ?? [0]))).toBeLessThan(1e-9);
});

/** Each window by itself, in two passes. */
function plainly(values: Float64Array, places: number, least: number): Float64Array {
  return values.map((value, index) => {
    const held = values.subarray(Math.max(0, index - places + 1), index + 1).filter((each) => !Number.isNaN(each));
    if (Number.isNaN(value) || held.length < Math.max(2, least)) return Number.NaN;
    const offs = held.map((each) => each - value);
    const mean = offs.reduce((sum, off) => sum + off, 0) / offs.length;
    const squares = offs.reduce((sum, off) => sum + (off - mean) ** 2, 0);
    return -mean / Math.sqrt(squares / (offs.length - 1));
  });
}

test('offsets, outliers, level shifts and gaps of any kind leave the scores right to 1e-9', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 0, max: 10 }),
      (seed, places, least) => {
        const rng = createRng(seed);
        let level = rng.uniform() < 0.5 ? 0 : 1e9;
        let missing = false;
        const values = Float64Array.from({ length: 400 }, () => {
          if (rng.uniform() < 0.02) level += 1e6 * rng.normal();
          if (rng.uniform() < 0.05) missing = !missing;
          if (missing && rng.uniform() < 0.9) return Number.NaN;
          return level + rng.normal() * (rng.uniform() < 0.02 ? 1e7 : 1);
        });
        const scores = rollingZScore(values, { window: places, minPoints: least });
        expect(farthest(scores, plainly(values, places, least))).toBeLessThan(1e-9);
      },
    ),
    { numRuns: 200 },
  );
});

test('a window without spread has no score', () => {
  const values = new Float64Array(50).fill(0.1 + 0.2);
  expect(rollingZScore(values, { window: 10, minPoints: 2 }).every(Number.isNaN)).toBe(true);
});

test('a constant after a change is without spread again once the window is through', () => {
  const values = Float64Array.from({ length: 60 }, (_, index) => (index < 30 ? Math.sin(index) : 0.3));
  const scores = rollingZScore(values, { window: 10, minPoints: 2 });
  expect(scores.subarray(39).every(Number.isNaN)).toBe(true);
  expect(scores.subarray(30, 39).some(Number.isNaN)).toBe(false);
});

test('nothing in, nothing out', () => {
  expect(rollingZScore(new Float64Array(0), { window: 10, minPoints: 2 })).toHaveLength(0);
  expect(rollingZScore(new Float64Array(20).fill(Number.NaN), { window: 5, minPoints: 2 }).every(Number.isNaN)).toBe(
    true,
  );
});
