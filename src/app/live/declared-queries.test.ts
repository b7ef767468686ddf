import { expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import type { PodRecord } from '#kube/objects.ts';
import { detectorProjection } from '#operator/detector-record.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { declaredQueries } from './declared-queries.ts';

const project = detectorProjection((object) => parseDetectorObject(object, ALGORITHMS));
const detector = (namespace: string, metricName: string, selector: object) => {
  const metadata = { uid: 'u', name: 'd', namespace, resourceVersion: '1' };
  const record = project({
    ...{ apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata },
    spec: { targets: { matchLabels: selector }, metrics: [{ name: metricName }] },
  });
  if (record === undefined) throw new Error('no record');
  return record;
};
const PODS: Readonly<Record<string, object>> = {
  'shop/cart-1': { app: 'cart', tier: 'web', customer: 'x' },
  'shop/ads-1': { app: 'ads' },
  'other/cart-1': { app: 'cart' },
};
const pods = { get: (key: string) => PODS[key] && ({ labels: PODS[key] } as PodRecord) };
const counters = { has: async (name: string) => name.endsWith('_total') };
const series = (namespace: string, pod: string) => ({
  ...{ labels: { namespace, pod }, timesMs: Float64Array.of(1), values: Float64Array.of(1) },
});

test('each metric is asked for once, of the namespaces of its detectors, and a counter as its rate', async () => {
  const { queries } = await declaredQueries(
    [
      detector('shop', 'request_latency_seconds', { app: 'cart' }),
      detector('b', 'request_latency_seconds', { app: 'cart' }),
      detector('shop', 'errors_total', { app: 'cart' }),
      detector('shop', 'pod_restarts', { app: 'cart' }),
    ],
    pods,
    counters,
  );
  expect(queries.map(({ promql }) => promql)).toEqual([
    'max by (namespace, pod) (request_latency_seconds{namespace=~"b|shop",pod!=""})',
    'max by (namespace, pod) (rate(errors_total{namespace="shop",pod!=""}[3m]))',
  ]);
  expect(queries[0]?.shares?.(2)).toHaveLength(2);
});

test('a series stays when a detector selects its pod, with the labels that it is selected by and no other', async () => {
  const declared = await declaredQueries(
    [detector('shop', 'm', { app: 'cart' }), detector('shop', 'm', { tier: 'web' })],
    pods,
    counters,
  );
  const fetched = [
    series('shop', 'cart-1'),
    series('shop', 'ads-1'),
    series('other', 'cart-1'),
    series('shop', 'gone'),
  ];
  expect(declared.chosen('m', fetched).map(({ labels }) => labels)).toEqual([
    { namespace: 'shop', pod: 'cart-1', app: 'cart', tier: 'web' },
  ]);
  expect(declared.labelNames).toEqual(['app', 'tier']);
  expect(declared.chosen('pod_restarts', fetched)).toBe(fetched);
});
