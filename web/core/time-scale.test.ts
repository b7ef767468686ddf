import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimeScale, recordedBack, recordedWithin, ticks } from './time-scale.ts';

const HOUR = 3_600_000;
const day = [
  { fromMs: 0, toMs: 15 * HOUR },
  { fromMs: 19 * HOUR, toMs: 24 * HOUR },
];
const GAP = HOUR / 2;

describe('the drawn time', () => {
  test('folds a gap into a narrow break', () => {
    const scale = createTimeScale(day, GAP);
    expect(scale.lengthX).toBe(20 * HOUR + GAP);
    expect(scale.toX(15 * HOUR)).toBe(15 * HOUR);
    expect(scale.toX(19 * HOUR)).toBe(15 * HOUR + GAP);
    expect(scale.gaps).toEqual([{ fromMs: 15 * HOUR, toMs: 19 * HOUR, fromX: 15 * HOUR, toX: 15 * HOUR + GAP }]);
  });

  test('leads back from what is drawn to the moment, everywhere', () => {
    const scale = createTimeScale(day, GAP);
    fc.assert(
      fc.property(fc.integer({ min: -HOUR, max: 25 * HOUR }), (ms) => {
        expect(scale.toMs(scale.toX(ms))).toBeCloseTo(ms, 3);
      }),
    );
  });

  test('never runs backwards, even when segments overlap or are empty', () => {
    const scale = createTimeScale(
      [
        { fromMs: 5, toMs: 9 },
        { fromMs: 0, toMs: 6 },
        { fromMs: 7, toMs: 7 },
      ],
      1,
    );
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 20 }), (ms) => {
        expect(scale.toX(ms + 1)).toBeGreaterThanOrEqual(scale.toX(ms));
      }),
    );
  });

  test('without segments is time itself', () => {
    const scale = createTimeScale([], GAP);
    expect(scale.toX(42)).toBe(42);
    expect(scale.gaps).toEqual([]);
  });
});

describe('a stretch of recorded time', () => {
  test('reaches back over the gap', () => {
    expect(recordedBack(day, 20 * HOUR, 2 * HOUR)).toBe(14 * HOUR);
    expect(recordedBack(day, 22 * HOUR, 2 * HOUR)).toBe(20 * HOUR);
  });

  test('longer than what there is begins with the recording', () => {
    expect(recordedBack(day, 20 * HOUR, 100 * HOUR)).toBe(0);
  });

  test('does not count the gap', () => {
    expect(recordedWithin(day, 14 * HOUR, 20 * HOUR)).toBe(2 * HOUR);
    expect(recordedWithin([], 1, 3)).toBe(2);
  });
});

describe('the ticks', () => {
  test('are round, keep off the gap, and are about as many as asked for', () => {
    const scale = createTimeScale(day, GAP);
    const found = ticks(scale, 0, scale.lengthX, 8);
    expect(found.length).toBeGreaterThanOrEqual(4);
    expect(found.length).toBeLessThanOrEqual(9);
    for (const ms of found) {
      expect(ms % HOUR).toBe(0);
      expect(ms > 15 * HOUR && ms < 19 * HOUR).toBe(false);
    }
  });

  test("fall on the reader's midnight", () => {
    const scale = createTimeScale([{ fromMs: 0, toMs: 48 * HOUR }], GAP);
    const found = ticks(scale, 0, 48 * HOUR, 2, 8 * HOUR);
    expect(found).toEqual([16 * HOUR, 40 * HOUR]);
  });
});
