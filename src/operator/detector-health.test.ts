import { expect, it } from 'vitest';
import type { WindowOutcome } from '#pipeline/window-plan.ts';
import { watching } from '../../test/fixtures/watching.ts';
import { healthOf } from './detector-health.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const analysed = (change: Partial<Extract<WindowOutcome, { kind: 'analysed' }>> = {}) => ({
  ...{ kind: 'analysed' as const, checkedMs: NOW, anomalousPods: [], series: 40, scored: 39, warming: 1, refused: 0 },
  ...{ newestMs: NOW - 60_000, latestScores: new Map<string, number>(), confirmedMs: [] },
  ...change,
});

it('tells the series, the share that is scored, the newest score and what is read', () => {
  expect(healthOf(analysed(), watching(), 1.236)).toEqual({
    ...{ series: 40, warm: '97 %', lastScoreTime: '2026-11-27T09:59:00.000Z' },
    // Forty series of 120 points every minute.
    samplesPerMinute: 4800,
    findingsPerDay: 1.24,
  });
});

it('tells when the first score is expected while there is none', () => {
  const warming = analysed({ scored: 0, newestMs: Number.NaN, warmMs: 120_000 });
  expect(healthOf(warming, watching(), 0)).toMatchObject({ warm: '0 %', warmTime: '2026-11-27T10:02:00.000Z' });
  expect(healthOf(warming, watching(), 0)).not.toHaveProperty('lastScoreTime');
});
