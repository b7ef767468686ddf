import { expect, test } from 'vitest';
import type { FetchedSeries, RangeQuery } from '#collect/prometheus/contract.ts';
import { AppError } from '#kit/errors.ts';
import type { Signal } from '#model/signal.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import type { Flow } from './flow.ts';
import { createObserver, type ObserverStatus } from './observer.ts';
import type { SplitTick } from './split.ts';

const STEP = 60_000;
const WARM = 10 * STEP;
const START = 100 * STEP + 7000;

async function setUp(queries = ['a', 'b']) {
  const clock = new FakeClock();
  await clock.advance(START);
  const asked: { name: string; fromMs: number; toMs: number }[] = [];
  const failing = new Map<string, Error>();
  const unmeasured = new Set<string>();
  const ticks: SplitTick[] = [];
  const statuses: ObserverStatus[] = [];
  const known = new Set<string>();
  const control: { flowFails: Error | undefined; aheadMs: number } = { flowFails: undefined, aheadMs: 0 };
  const flow: Flow = {
    async submit(split) {
      if (control.flowFails !== undefined) throw control.flowFails;
      ticks.push(split);
    },
    drained: async () => {},
    dropped: () => ({ outOfOrder: 0, unknownSeries: 0 }),
    close: async () => {},
  };
  const observer = createObserver({
    clock,
    flow,
    queries: queries.map((metricName) => ({ metricName, promql: metricName })),
    stepMs: STEP,
    warmMs: WARM,
    storedMs: Number.NEGATIVE_INFINITY,
    forgetMs: 3 * 3_600_000,
    forget: () => [],
    maxSeries: 100,
    timeoutMs: 1000,
    source: {
      nowMs: async () => clock.nowMs() + control.aheadMs,
      async queryRange({ promql, startMs, endMs, stepMs }: RangeQuery): Promise<FetchedSeries[]> {
        asked.push({ name: promql, fromMs: startMs, toMs: endMs });
        const failure = failing.get(promql);
        if (failure !== undefined) throw failure;
        if (unmeasured.has(promql)) return [];
        const timesMs = Float64Array.from(
          { length: (endMs - startMs) / stepMs + 1 },
          (_, index) => startMs + index * stepMs,
        );
        return [{ labels: { pod: 'p' }, timesMs, values: timesMs }];
      },
    },
    toSignals(metricName, series) {
      const id = queries.indexOf(metricName);
      const frames: Signal[] = (series[0]?.timesMs ?? new Float64Array())
        .values()
        .toArray()
        .map((timeMs) => ({
          kind: 'frame',
          timeMs,
          seenMs: timeMs + STEP,
          ids: Uint32Array.of(id),
          values: Float64Array.of(1),
        }));
      if (known.has(metricName)) return frames;
      known.add(metricName);
      const labels = { __name__: metricName, pod: 'p' };
      return [{ kind: 'series', seenMs: 0, series: [{ id, labels, stepMs: STEP }] }, ...frames];
    },
    onRound: (status) => statuses.push(status),
  });
  observer.start();
  await clock.advance(0);
  return { observer, clock, asked, failing, unmeasured, ticks, statuses, control };
}

test('the first round asks for the past, each later one for what is new, and never for the step that is filling', async () => {
  const { observer, clock, asked, ticks, statuses } = await setUp(['a']);
  expect(asked).toEqual([{ name: 'a', fromMs: 80 * STEP, toMs: 99 * STEP }]);
  expect(statuses[0]).toMatchObject({ warming: false, series: 1, samples: 20, newestMs: 99 * STEP });
  await clock.advance(2 * STEP);
  expect(asked.slice(1)).toEqual([
    { name: 'a', fromMs: 100 * STEP, toMs: 100 * STEP },
    { name: 'a', fromMs: 101 * STEP, toMs: 101 * STEP },
  ]);
  expect(ticks.map(({ samples }) => samples)).toEqual([20, 1, 1]);
  await observer.stop();
});

test('a query that fails says since when, holds up no other, and catches up on all that it missed', async () => {
  const { observer, clock, asked, failing, ticks } = await setUp();
  failing.set('b', new AppError('unavailable', 'away'));
  await clock.advance(3 * STEP);
  expect(observer.status.troubles).toEqual([
    { metricName: 'b', sinceMs: 101 * STEP + 6000, code: 'unavailable', message: 'away' },
  ]);
  expect(ticks.slice(1).map(({ samples }) => samples)).toEqual([1, 1, 1]);
  failing.clear();
  await clock.advance(STEP);
  expect(observer.status.troubles).toEqual([]);
  expect(asked.at(-1)).toEqual({ name: 'b', fromMs: 100 * STEP, toMs: 103 * STEP });
  expect(ticks.at(-1)?.samples).toBe(1 + 4);
  await observer.stop();
});

test('a Prometheus whose clock was wrong by years and is right again ends the attempt: the next one goes on from the store', async () => {
  const { observer, clock, statuses, control } = await setUp(['a']);
  control.aheadMs = 1e12;
  await clock.advance(2 * STEP);
  expect(statuses.at(-1)?.failure).toBeUndefined();
  control.aheadMs = 0;
  await clock.advance(2 * STEP);
  expect(statuses.at(-1)?.failure).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('went back'),
  });
  await observer.stop();
});

test('a clock that goes back by some minutes ends nothing: nothing new is asked for until then', async () => {
  const { observer, clock, asked, statuses, control } = await setUp(['a']);
  control.aheadMs = 10 * STEP;
  await clock.advance(2 * STEP);
  control.aheadMs = 0;
  const before = asked.length;
  await clock.advance(5 * STEP);
  expect(statuses.at(-1)?.failure).toBeUndefined();
  expect(asked).toHaveLength(before);
  await observer.stop();
});

test('without any answer nothing is submitted, and it goes on asking', async () => {
  const { observer, clock, failing, ticks, asked } = await setUp(['a']);
  const before = ticks.length;
  failing.set('a', new Error('no'));
  await clock.advance(5 * STEP);
  expect(ticks).toHaveLength(before);
  expect(asked.length).toBe(6);
  await observer.stop();
});

test('when the store fails it stops and says why', async () => {
  const { observer, clock, control, statuses, asked } = await setUp(['a']);
  control.flowFails = new AppError('disk-full', 'no room');
  await clock.advance(3 * STEP);
  expect(String(statuses.at(-1)?.failure)).toContain('no room');
  expect(asked).toHaveLength(2);
  await observer.stop();
});

test('what gave nothing for an hour is asked every ten minutes, for all that it was not asked for', async () => {
  const { observer, clock, asked, unmeasured, ticks } = await setUp();
  const asksOfB = () => asked.filter(({ name }) => name === 'b');
  unmeasured.add('b');
  await clock.advance(60 * STEP);
  expect(observer.status.absent).toBe(1);
  const before = asksOfB().length;
  await clock.advance(40 * STEP);
  expect(asksOfB().length - before).toBe(4);
  // Each time from where it was: no step is left out.
  expect(
    asksOfB().every(({ fromMs }, index, all) => index === 0 || fromMs === (all[index - 1]?.toMs ?? 0) + STEP),
  ).toBe(true);
  // It holds back nobody's position.
  expect(ticks.at(-1)?.live?.positionMs).toBeGreaterThan(clock.nowMs() - 2 * STEP);
  unmeasured.clear();
  await clock.advance(10 * STEP);
  expect(observer.status.absent).toBe(0);
  const [first] = asksOfB().slice(before + 4);
  expect((first?.toMs ?? 0) - (first?.fromMs ?? 0)).toBe(9 * STEP);
  await clock.advance(STEP);
  expect(asked.slice(-2).map(({ name }) => name)).toEqual(['a', 'b']);
  await observer.stop();
});
