import { expect, test } from 'vitest';
import type { FetchLimits, PrometheusSource, RangeQuery } from '#collect/prometheus/contract.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import { createMovingPrometheus } from './moving-prometheus.ts';

const QUERY: RangeQuery = { promql: 'm', startMs: 0, endMs: 0, stepMs: 1000 };
const LIMITS: FetchLimits = { maxSeries: 1, timeoutMs: 1000 };

function source(address: string) {
  const one = { asked: 0, closed: 0, isAway: false };
  const answers = async <T>(answer: T) => {
    one.asked++;
    if (one.isAway) throw new AppError('unavailable', 'away');
    return answer;
  };
  const made: PrometheusSource = {
    address,
    queryRange: () => answers([]),
    counters: () => answers(new Map<string, boolean>()),
    nowMs: () => answers(0),
    close: async () => void one.closed++,
  };
  return { one, made };
}

function setUp() {
  const clock = new FakeClock();
  const [first, second] = [source('first'), source('second')];
  let finds = 0;
  const there: { other: PrometheusSource | undefined } = { other: second.made };
  const moving = createMovingPrometheus({
    ...{ first: first.made, clock, log: createLog('silent') },
    find: async () => {
      finds++;
      if (there.other === undefined) throw new AppError('not-found', 'none');
      return there.other;
    },
  });
  const ask = async () => {
    const outcome = await moving.queryRange(QUERY, LIMITS).then(
      () => 'answered',
      () => 'failed',
    );
    await settle();
    return outcome;
  };
  return { clock, first: first.one, second: second.one, there, moving, ask, finds: () => finds };
}

test('one that answers nothing for five minutes is looked for again, and another one is asked', async () => {
  const { clock, first, second, moving, ask, finds } = setUp();
  first.isAway = true;
  for (let minute = 0; minute < 5; minute++) {
    expect(await ask()).toBe('failed');
    await clock.advance(60_000);
  }
  expect(finds()).toBe(0);
  expect(await ask()).toBe('failed');
  expect(moving.address).toBe('second');
  expect(await ask()).toBe('answered');
  expect([finds(), first.closed]).toEqual([1, 1]);
  await moving.close();
  expect([first.closed, second.closed]).toEqual([1, 1]);
});

test('one that is well now and then is not looked for, nor is a second one every minute', async () => {
  const { clock, first, there, moving, ask, finds } = setUp();
  there.other = undefined;
  for (let minute = 0; minute < 30; minute++) {
    first.isAway = minute % 4 !== 0;
    await ask();
    await clock.advance(60_000);
  }
  expect(finds()).toBe(0);
  first.isAway = true;
  for (let minute = 0; minute < 60; minute++) {
    await ask();
    await clock.advance(60_000);
  }
  expect(finds()).toBeGreaterThan(5);
  expect(finds()).toBeLessThan(13);
  expect(moving.address).toBe('first');
});
