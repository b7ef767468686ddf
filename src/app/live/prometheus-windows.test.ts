import { expect, test } from 'vitest';
import type { RangeQuery } from '#collect/prometheus/contract.ts';
import { prometheusWindows } from './prometheus-windows.ts';

const RANGE = { startMs: 0, endMs: 3_600_000, stepMs: 30_000 };
const LIMITS = { maxSeries: 10, timeoutMs: 1000 };

async function asked(pods: readonly string[], counter = false): Promise<readonly RangeQuery[]> {
  const queries: RangeQuery[] = [];
  const queryRange = async (query: RangeQuery) => {
    queries.push(query);
    return [];
  };
  const windows = prometheusWindows({ queryRange }, { has: async () => counter });
  await windows.window({ namespace: 'shop', metricName: 'm', pods, ...RANGE }, LIMITS);
  return queries;
}

test('the pods of a namespace are asked for by name', async () => {
  expect(await asked(['a-1', 'a-2'])).toEqual([{ promql: 'm{namespace="shop",pod=~"a-1|a-2"}', ...RANGE }]);
});

test('a counter is rated over at least four steps', async () => {
  expect((await asked(['a-1'], true))[0]?.promql).toBe('rate(m{namespace="shop",pod="a-1"}[2m])');
});

test('many pods are asked for in several queries, each pod once', async () => {
  const pods = Array.from({ length: 250 }, (_, index) => `${'p'.repeat(36)}${String(index).padStart(3, '0')}`);
  const named = (await asked(pods)).map(({ promql }) => promql.match(/p{36}\d{3}/g) ?? []);
  expect(named.map((names) => names.length)).toEqual([100, 100, 50]);
  expect(named.flat()).toEqual(pods);
});
