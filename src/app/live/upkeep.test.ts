import { expect, test } from 'vitest';
import type { Clock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { Store } from '#store/contract.ts';
import { keepUp } from './upkeep.ts';

const HOUR = 3_600_000;
const STORED = 1_760_000_000_000;
const RETENTION = 14 * 24 * HOUR;

test.each([
  ['a clock that is right', STORED + HOUR / 2, STORED + HOUR / 2 - RETENTION],
  ['a clock that is a month ahead', STORED + 30 * 24 * HOUR, STORED + HOUR - RETENTION],
])('with %s, only what is older than the retention goes', async (_, nowMs, expectedMs) => {
  const asked = Promise.withResolvers<number>();
  const stopping = new AbortController();
  const store: Pick<Store, 'position' | 'retain' | 'rollUps'> = {
    position: async () => ({ stream: 'cluster:a', seenMs: STORED }),
    rollUps: async () => [],
    retain: async (beforeMs) => {
      stopping.abort();
      asked.resolve(beforeMs);
      return 0;
    },
  };
  const clock: Clock = { nowMs: () => nowMs, sleep: async () => undefined };
  await keepUp(store as Store, { retention: RETENTION }, { clock, log: createLog('silent'), signal: stopping.signal });
  expect(await asked.promise).toBe(expectedMs);
});
