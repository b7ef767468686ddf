import { expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { parseDetectors } from '#resource/anomaly-detector/parse.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { manifestOf } from './init-manifest.ts';
import { rankMetrics, suggestMetrics } from './init-metrics.ts';

const found = (...names: string[]) => names.map((name) => ({ name, series: 2 }));
const names = (metrics: readonly { name: string }[]) => metrics.map(({ name }) => name);

test('what users feel comes first, one of each kind, at most three', () => {
  const ranked = rankMetrics(
    found(
      ...['up', 'go_goroutines', 'container_memory_working_set_bytes', 'container_memory_usage_bytes'],
      ...['container_cpu_usage_seconds_total', 'http_requests_total', 'http_request_duration_seconds_bucket'],
      ...['request_latency_seconds', 'request_errors_total', 'build_info'],
    ),
  );
  expect(names(suggestMetrics(ranked))).toEqual([
    'request_latency_seconds',
    'request_errors_total',
    'container_cpu_usage_seconds_total',
  ]);
  expect(names(ranked)).toEqual([
    ...['request_latency_seconds', 'request_errors_total', 'container_cpu_usage_seconds_total'],
    ...['container_memory_working_set_bytes', 'container_memory_usage_bytes', 'http_requests_total'],
  ]);
});

test('what nobody can name is suggested when there is nothing else', () => {
  expect(names(suggestMetrics(rankMetrics(found('queue_depth', 'up'))))).toEqual(['queue_depth']);
  expect(suggestMetrics(rankMetrics(found('up')))).toEqual([]);
});

test('a manifest has seven lines and is a detector, whatever the labels are', () => {
  const selector = { 'app.kubernetes.io/name': 'cart', on: 'true', version: '1' };
  const text = manifestOf({
    group: DEFAULT_GROUP,
    namespace: 'shop',
    selector,
    metricName: `A_very:long_${'x'.repeat(80)}_total`,
  });
  expect(text.trimEnd().split('\n')).toHaveLength(7);
  const [plan] = parseDetectors(text, 'd.yaml', ALGORITHMS);
  expect(plan).toMatchObject({ selector, metricName: expect.stringMatching(/^A_very:/), algorithm: 'auto' });
});
