import { expect, test } from 'vitest';
import type { KeeperClientStats } from '#store/keeper/client.ts';
import { spoolTroubles } from './keeper-report.ts';

const T0 = 1_760_000_000_000;
const STATS = {
  keeperEpoch: 1,
  spoolBytes: 3 * 2 ** 20,
  spoolRecords: 120,
  delivered: 0,
  stale: 0,
  refused: 0,
  cutBytes: 0,
};

function told(trouble: KeeperClientStats['trouble'], nowMs: number) {
  const keeper = { stats: () => ({ ...STATS, appendedMs: T0, trouble }) };
  return spoolTroubles({ keeper, clock: { nowMs: () => nowMs, sleep: async () => {} } });
}

test('what waits in the operator is told with its size and since when, once it lasts', () => {
  const trouble = { code: 'disk-full', message: 'the store is full', sinceMs: T0 } as const;
  expect(told(undefined, T0 + 60_000)).toEqual([]);
  expect(told(trouble, T0 + 29_000)).toEqual([]);
  expect(told(trouble, T0 + 30_000)).toMatchObject([
    {
      ...{ sinceMs: T0, blocking: false },
      what: 'spooled: 120 batches (3.0 MiB) wait in the operator to be stored: the store is full',
    },
  ]);
});
