import { expect, it } from 'vitest';
import type { WindowOutcome } from '#pipeline/window-plan.ts';
import { watching } from '../../test/fixtures/watching.ts';
import { healthOf, silentMs } from './detector-health.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const analysed = (change: Partial<Extract<WindowOutcome, { kind: 'analysed' }>> = {}) => ({
  ...{ kind: 'analysed' as const, checkedMs: NOW, anomalousPods: [], series: 40, scored: 39, warming: 1, refused: 0 },
  ...{ newestMs: NOW - 60_000, latestScores: new Map<string, number>() },
  ...change,
});

it('tells the series, the share that is scored, the newest score and what is read', () => {
  expect(healthOf(analysed(), watching())).toEqual({
    ...{ series: 40, warm: '97 %', lastScoreTime: '2026-11-27T09:59:00.000Z' },
    // Forty series of 120 points every minute.
    samplesPerMinute: 4800,
  });
});

it('tells when the first score is expected while there is none', () => {
  const warming = analysed({ scored: 0, newestMs: Number.NaN, warmMs: 120_000 });
  expect(healthOf(warming, watching())).toMatchObject({ warm: '0 %', warmTime: '2026-11-27T10:02:00.000Z' });
  expect(healthOf(warming, watching())).not.toHaveProperty('lastScoreTime');
});

it.each([
  ['a point that is a minute late', { newestMs: NOW - 120_000 }, undefined],
  ['nothing new for ten minutes', { newestMs: NOW - 600_000 }, 600_000],
  ['one that never scored anything', { scored: 0, newestMs: Number.NaN }, undefined],
])('scoring has stopped? %s', (_, change, expected) => {
  expect(silentMs(analysed(change), watching())).toBe(expected);
});

it('who looks every hour is silent only after three', () => {
  const slow = { ...watching(), intervalMs: 3_600_000 };
  expect(silentMs(analysed({ newestMs: NOW - 2 * 3_600_000 }), slow)).toBeUndefined();
  expect(silentMs(analysed({ newestMs: NOW - 4 * 3_600_000 }), slow)).toBe(4 * 3_600_000);
});
