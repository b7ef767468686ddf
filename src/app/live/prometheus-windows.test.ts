import { expect, test } from 'vitest';
import type { FetchedSeries, FetchLimits, RangeQuery } from '#collect/prometheus/contract.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { prometheusWindows } from './prometheus-windows.ts';

const RANGE = { startMs: 0, endMs: 3_600_000, stepMs: 30_000 };
const LIMITS = { maxSeries: 10, timeoutMs: 1000 };
const SERIES: FetchedSeries = { labels: {}, timesMs: new Float64Array(0), values: new Float64Array(0) };
/** Three queries of 100, 100 and 50. */
const MANY = Array.from({ length: 250 }, (_, index) => `${'p'.repeat(36)}${String(index).padStart(3, '0')}`);

interface Asked extends RangeQuery {
  readonly limits: FetchLimits;
}

/** Each query takes so long and gives so many series. */
function setUp({ tookMs = 0, series = 0, counter = false, counted = 0 } = {}) {
  const clock = new FakeClock();
  const queries: Asked[] = [];
  const windows = prometheusWindows({
    source: {
      async queryRange(query, limits) {
        queries.push({ ...query, limits });
        await clock.advance(tookMs);
        if (query.promql.startsWith('count(')) return [{ ...SERIES, values: Float64Array.of(counted) }];
        return Array.from({ length: series }, () => SERIES);
      },
    },
    counters: { has: async () => counter },
    sourceClock: { nowMs: async () => 0, doubt: () => {} },
    steadyClock: clock,
  });
  const window = (pods: readonly string[], isDear = false) =>
    windows.window({ namespace: 'shop', metricName: 'm', pods, ...RANGE, isDear }, LIMITS);
  return { queries, window, windows };
}

async function asked(pods: readonly string[], counter = false): Promise<readonly RangeQuery[]> {
  const { queries, window } = setUp({ counter });
  await window(pods);
  return queries.map(({ limits: _, ...query }) => query);
}

test('the pods of a namespace are asked for by name', async () => {
  expect(await asked(['a-1', 'a-2'])).toEqual([{ promql: 'm{namespace="shop",pod=~"a-1|a-2"}', ...RANGE }]);
});

test('a counter is rated over at least four steps', async () => {
  expect((await asked(['a-1'], true))[0]?.promql).toBe('rate(m{namespace="shop",pod="a-1"}[2m])');
});

test('a query is kept within the namespace, whatever it says, and is asked once however many pods there are', async () => {
  const { queries, windows } = setUp({ counter: true });
  const query = 'sum by (pod) (rate(x{namespace="other"}[5m]))';
  await windows.window({ namespace: 'shop', metricName: 'm', query, pods: MANY, ...RANGE }, LIMITS);
  expect(queries.map(({ promql }) => promql)).toEqual(['sum by (pod) (rate(x{namespace="shop"}[5m]))']);
});

test('whether a metric counts up may be said by its detector', async () => {
  const { queries, windows } = setUp({ counter: true });
  const asked = { namespace: 'shop', metricName: 'm', pods: ['a-1'], ...RANGE };
  await windows.window({ ...asked, isCounter: false }, LIMITS);
  expect(queries.map(({ promql }) => promql)).toEqual(['m{namespace="shop",pod="a-1"}']);
});

test('many pods are asked for in several queries, each pod once', async () => {
  const named = (await asked(MANY)).map(({ promql }) => promql.match(/p{36}\d{3}/g) ?? []);
  expect(named.map((names) => names.length)).toEqual([100, 100, 50]);
  expect(named.flat()).toEqual(MANY);
});

test('all queries of a window share what series it may have', async () => {
  const { queries, window } = setUp({ series: 3 });
  expect(await window(MANY)).toHaveLength(9);
  expect(queries.map(({ limits }) => limits.maxSeries)).toEqual([10, 7, 4]);
});

test('all queries of a window share one deadline', async () => {
  const { queries, window } = setUp({ tookMs: 600 });
  await expect(window(MANY)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(queries.map(({ limits }) => limits.timeoutMs)).toEqual([1000, 400]);
});

test('what was too much before is counted first, and asked for only when it fits', async () => {
  const { endMs, stepMs } = RANGE;
  const many = setUp({ counted: 11 });
  await expect(many.window(['a-1'], true)).rejects.toMatchObject({ code: 'too-much' });
  const count = { promql: 'count(m{namespace="shop",pod="a-1"})', startMs: endMs, endMs, stepMs };
  expect(many.queries).toMatchObject([count]);
  const few = setUp({ counted: 3, series: 3 });
  expect(await few.window(['a-1'], true)).toHaveLength(3);
  expect(few.queries).toHaveLength(2);
});
