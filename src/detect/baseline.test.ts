import { describe, expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { createBaseline } from './baseline.ts';

const needs = { sorted: true, moments: true };
const capacityAt = (stepMs: number, given = { baselineMs: 7_200_000, minPoints: 20 }) =>
  createBaseline(given, { stepMs }, needs).capacity;

describe('how many points two hours are', () => {
  test.each([
    ['120 where they are a minute apart', 60_000, 120],
    ['24 where they are five', 300_000, 24],
    ['480 where they are fifteen seconds', 15_000, 480],
    ['never fewer than the least that is asked for', 3_600_000, 20],
    ['never so many that memory runs out', 1, 50_000],
    ['bounded even where the distance is not known', 0, 50_000],
  ])('%s', (_, stepMs, capacity) => {
    expect(capacityAt(stepMs)).toBe(capacity);
  });
});

test('it holds the last points in order of time and of size, and says from when they are', () => {
  const baseline = createBaseline({ baselineMs: 180_000, minPoints: 3 }, { stepMs: 60_000 }, needs);
  const state = baseline.start();
  const seen = [5, 1, 4, 2].map((value, index) => {
    baseline.push(state, 1000 * index, value);
    const out = emptyScore();
    baseline.describe(state, out);
    return [out.baselineCount, out.baselineFromMs, out.baselineToMs];
  });
  expect(seen).toEqual([
    [1, 0, 0],
    [2, 0, 1000],
    [3, 0, 2000],
    [3, 1000, 3000],
  ]);
  expect([...state.subarray(baseline.sortedAt)]).toEqual([1, 2, 4]);
});

test('an empty baseline has no span', () => {
  const baseline = createBaseline({ baselineMs: 180_000, minPoints: 3 }, { stepMs: 60_000 }, needs);
  const out = emptyScore();
  baseline.describe(baseline.start(), out);
  expect(out).toMatchObject({ baselineCount: 0, baselineFromMs: Number.NaN, baselineToMs: Number.NaN });
});
