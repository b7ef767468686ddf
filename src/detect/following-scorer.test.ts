import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { followingScorer, seenOf } from './following-scorer.ts';
import { emptySeries } from './rolling-scorer.ts';
import { fillScore } from './sigma.ts';
import { STEP_MS, seriesFrom } from './test-series.ts';

/** Expects the largest so far; worth five points. */
const largest = followingScorer({
  stepMs: STEP_MS,
  size: 4,
  minPoints: 3,
  worth: (_, count) => Math.min(5, count),
  take(state, _timeMs, value, isScored, out) {
    if (isScored) fillScore(out, value, state[3] as number, 1);
    state[3] = Math.max(state[3] as number, value);
  },
});

test('missing values are passed over, and the first points have no score', () => {
  const values = [1, Number.NaN, 5, 2, Number.POSITIVE_INFINITY, 3, 9];
  expect([...largest.score(seriesFrom(values)).scores].map((score) => (Number.isNaN(score) ? '–' : score))).toEqual([
    '–',
    '–',
    '–',
    '–',
    '–',
    -2,
    4,
  ]);
});

test('its baseline is as many points as the memory is worth, ending before the point that is scored', () => {
  const { online } = largest;
  const out = emptyScore();
  const state = online?.start(seriesFrom([1, 2, 3, 4, 5, 6, 7, 8])) ?? new Float64Array(0);
  online?.step(state, 8 * STEP_MS, 9, out);
  expect(out).toMatchObject({ baselineCount: 5, baselineFromMs: 3 * STEP_MS, baselineToMs: 7 * STEP_MS });
  expect(seenOf(state)).toBe(9);
  online?.step(online.start(emptySeries(STEP_MS)), 0, 1, out);
  expect(out).toMatchObject({ baselineCount: 0, baselineFromMs: Number.NaN, baselineToMs: Number.NaN });
});
