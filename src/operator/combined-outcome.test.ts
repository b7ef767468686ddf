import { expect, it } from 'vitest';
import type { WindowOutcome } from '#pipeline/window-plan.ts';
import { combinedOutcome } from './combined-outcome.ts';

function analysed(change: Partial<Extract<WindowOutcome, { kind: 'analysed' }>> = {}): WindowOutcome {
  return {
    ...{ kind: 'analysed', checkedMs: 1, anomalousPods: [], series: 2, scored: 2, warming: 0, newestMs: 5, refused: 0 },
    latestScores: new Map([['a', 1]]),
    confirmedMs: [],
    ...change,
  };
}

const FAILED: WindowOutcome = { kind: 'failed', checkedMs: 2, code: 'over-budget', message: 'too many' };
const NONE: WindowOutcome = { kind: 'no-metrics', checkedMs: 2 };

it('of one is that one, and of none there is none', () => {
  expect(combinedOutcome([FAILED])).toBe(FAILED);
  expect(combinedOutcome([])).toBeUndefined();
});

it('of several counts all series, and each pod by its largest score', () => {
  const both = combinedOutcome([
    analysed({
      anomalousPods: ['b'],
      latestScores: new Map([
        ['a', -4],
        ['b', 3.5],
      ]),
      newestMs: 7,
      checkedMs: 3,
    }),
    analysed({
      anomalousPods: ['a', 'b'],
      latestScores: new Map([
        ['a', 1],
        ['b', 9],
      ]),
      warming: 1,
      refused: 1,
      message: 'no',
    }),
  ]);
  expect(both).toMatchObject({
    series: 4,
    scored: 4,
    warming: 1,
    refused: 1,
    message: 'no',
    newestMs: 7,
    checkedMs: 3,
  });
  expect(both).toMatchObject({
    anomalousPods: ['b', 'a'],
    latestScores: new Map([
      ['a', -4],
      ['b', 9],
    ]),
  });
});

it('tells what failed beside what is scored, and only that where nothing is', () => {
  expect(combinedOutcome([analysed(), FAILED, NONE])).toMatchObject({
    kind: 'analysed',
    refused: 1,
    message: 'too many',
  });
  expect(combinedOutcome([NONE, FAILED])).toBe(FAILED);
  expect(combinedOutcome([NONE, NONE])).toEqual(NONE);
});

it('tells how long the first score still takes only while there is none', () => {
  const warming = { scored: 0, warming: 2, newestMs: Number.NaN, latestScores: new Map() };
  const both = [analysed({ ...warming, warmMs: 90 }), analysed({ ...warming, warmMs: 60 })];
  expect(combinedOutcome(both)).toMatchObject({ scored: 0, warmMs: 60 });
  expect(combinedOutcome([analysed(), analysed({ ...warming, warmMs: 60 })])).not.toHaveProperty('warmMs');
});

it('what is silent is told, the longest, also where nothing is left of it', () => {
  const silent = (metricName: string, sinceMs: number) => ({ silent: { metricName, sinceMs } });
  const all = combinedOutcome([analysed(silent('m', 9)), analysed(), { ...NONE, ...silent('n', 4) }]);
  expect(all).toMatchObject({ kind: 'analysed', ...silent('n', 4) });
});

it('what stopped is told also where nothing is left of any, and another never came', () => {
  const silent = { silent: { metricName: 'n', sinceMs: 4 } };
  expect(combinedOutcome([NONE, { ...NONE, ...silent }])).toEqual({ ...NONE, ...silent });
});
