import { expect, test } from 'vitest';
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { AppError } from '#kit/errors.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createLatePrometheus } from './late-prometheus.ts';

const QUERY = { promql: 'up', startMs: 0, endMs: 0, stepMs: 1 };
const LIMITS = { maxSeries: 1, timeoutMs: 1 };

function setUp() {
  const clock = new FakeClock();
  const world = { isThere: false, looked: 0, closed: 0 };
  const prometheus: PrometheusSource = {
    address: 'http://prometheus',
    queryRange: async () => [],
    counters: async () => new Map(),
    nowMs: async () => clock.nowMs(),
    close: async () => {
      world.closed++;
    },
  };
  const find = async () => {
    world.looked++;
    if (!world.isThere) throw new AppError('not-found', 'there is none');
    return prometheus;
  };
  return { clock, world, late: createLatePrometheus(find, clock) };
}

test('as long as there is none each question says so, and it is looked for now and then', async () => {
  const { clock, world, late } = setUp();
  await expect(late.look()).rejects.toMatchObject({ code: 'not-found' });
  const asked = Array.from({ length: 8 }, () => late.queryRange(QUERY, LIMITS));
  for (const question of asked) await expect(question).rejects.toMatchObject({ message: 'there is none' });
  expect([world.looked, late.address]).toEqual([1, '']);
  await clock.advance(60_000);
  await Promise.allSettled([late.queryRange(QUERY, LIMITS), late.queryRange(QUERY, LIMITS)]);
  expect(world.looked).toBe(2);
});

test('once it is found it is asked, stays the one, and is closed', async () => {
  const { clock, world, late } = setUp();
  await late.look().catch(() => undefined);
  world.isThere = true;
  await clock.advance(60_000);
  expect(await late.queryRange(QUERY, LIMITS)).toEqual([]);
  expect(late.address).toBe('http://prometheus');
  world.isThere = false;
  await clock.advance(3_600_000);
  expect(await late.queryRange(QUERY, LIMITS)).toEqual([]);
  await late.close();
  expect(world).toMatchObject({ looked: 2, closed: 1 });
});
