import { expect, test } from 'vitest';
import { createInProcessAnalyser } from '#analysis/in-process.ts';
import { createWindowScorer } from '#api/grpc/window-scorer.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { createLog } from '#kit/log.ts';
import type { WindowOutcome } from '#pipeline/window-plan.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import { quiet, STEP, windowPlan } from '../../../test/fixtures/windows.ts';
import { createChecking } from './checking.ts';

const MINUTE = 60_000;

function setUp(measured: (timeMs: number, pod: string) => number | undefined = quiet) {
  const steadyClock = new FakeClock();
  const wall = { offMs: 1e9 };
  const clock = { nowMs: () => steadyClock.nowMs() + wall.offMs, sleep: async () => {} };
  const score = createWindowScorer(ALGORITHMS);
  const keys: string[] = [];
  const settled: { key: string; outcome: WindowOutcome | undefined; atMs: number }[] = [];
  const checking = createChecking({
    ...{ clock, steadyClock, identity: 'me', log: createLog('silent'), mayCheck: () => true, enrich: () => ({}) },
    analyser: createInProcessAnalyser({ score: (job) => score(job, job.series), clock: steadyClock }),
    sink: {
      writeRows: async (_rows, _seenMs, key) => {
        keys.push(key);
      },
    },
    windows: {
      async window({ namespace, pods, startMs, endMs, stepMs }) {
        return pods.flatMap((pod) => {
          const times: number[] = [];
          for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) times.push(timeMs);
          const there = times.filter((timeMs) => measured(timeMs, pod) !== undefined);
          if (there.length === 0) return [];
          const values = Float64Array.from(there, (timeMs) => measured(timeMs, pod) ?? Number.NaN);
          return [{ labels: { namespace, pod }, timesMs: Float64Array.from(there), values }];
        });
      },
    },
    settle(plans, outcomes) {
      for (const { key } of plans) settled.push({ key, outcome: outcomes.get(key), atMs: steadyClock.nowMs() });
      return new Map(plans.map(({ key }) => [key, MINUTE]));
    },
  });
  return { checking, steadyClock, wall, keys, settled };
}

test.each([-60, 60])('a wall clock that steps by %i minutes delays no check', async (minutes) => {
  const { checking, steadyClock, wall, settled } = setUp();
  checking.scheduler.put(windowPlan('a', ['cart-1']));
  checking.start();
  await steadyClock.advance(5 * MINUTE);
  const before = settled.length;
  wall.offMs += minutes * MINUTE;
  await steadyClock.advance(10 * MINUTE);
  expect(settled.length - before).toBeGreaterThanOrEqual(9);
  expect(settled.length - before).toBeLessThanOrEqual(11);
  expect(checking.stats().overdueMs).toBe(0);
  await checking.stop();
});

test('whatever is written in one millisecond has keys of its own, also when there is nothing but findings', async () => {
  let gone = false;
  const { checking, steadyClock, keys } = setUp((timeMs) => {
    if (gone) return undefined;
    return timeMs > 1e9 - 4 * STEP ? 50 : quiet(timeMs);
  });
  for (const namespace of ['shop', 'other']) checking.scheduler.put(windowPlan(namespace, ['cart-1'], namespace));
  checking.start();
  await settle();
  expect(keys).toHaveLength(2);
  gone = true;
  await steadyClock.advance(20 * MINUTE);
  expect(keys.length).toBeGreaterThan(2);
  expect(new Set(keys).size).toBe(keys.length);
  await checking.stop();
});
