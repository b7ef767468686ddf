import { describe, expect, it } from 'vitest';
import { parsePromql } from '#collect/prometheus/promql.ts';
import { sourceQuery, type WatchedSeries } from './source-query.ts';

const NONE = { labels: {}, expressions: [] };

function queryOf(given: Partial<WatchedSeries>): string {
  return sourceQuery({
    ...{ plan: { metricName: 'latency' }, pods: { ...NONE, labels: { app: 'cart' } }, namespaces: ['shop'] },
    ...{ stepMs: 30_000, selectBy: 'pods', ...given },
  });
}

describe('what a detector watches', () => {
  it.each<[string, Partial<WatchedSeries>, string]>([
    [
      'pods by their labels',
      {},
      'latency{namespace="shop",pod!=""} and on (namespace, pod) kube_pod_labels{namespace="shop",label_app="cart"}',
    ],
    [
      'labels of all kinds, as kube-state-metrics calls them',
      {
        pods: {
          labels: { 'app.kubernetes.io/partOf': 'shop' },
          expressions: [
            { key: 'tier', operator: 'In', values: ['a', 'b.c'] },
            { key: 'env', operator: 'NotIn', values: ['x'] },
            { key: 'one', operator: 'Exists', values: [] },
            { key: 'two', operator: 'DoesNotExist', values: [] },
          ],
        },
      },
      'latency{namespace="shop",pod!=""} and on (namespace, pod) kube_pod_labels{namespace="shop",' +
        'label_app_kubernetes_io_part_of="shop",label_tier=~"a|b\\\\.c",label_env!~"x",label_one!="",label_two=""}',
    ],
    [
      'the pods of a deployment',
      { pods: { ...NONE, owner: { kind: 'Deployment', name: 'cart.v1' } } },
      'latency{namespace="shop",pod!=""} and on (namespace, pod) kube_pod_owner{namespace="shop",' +
        'owner_kind="ReplicaSet",owner_name=~"cart\\\\.v1-[a-z0-9]+"}',
    ],
    [
      'the pods of a stateful set',
      { pods: { ...NONE, owner: { kind: 'StatefulSet', name: 'db' } } },
      'latency{namespace="shop",pod!=""} and on (namespace, pod) kube_pod_owner{namespace="shop",' +
        'owner_kind="StatefulSet",owner_name="db"}',
    ],
    ['series by their own labels', { selectBy: 'series' }, 'latency{namespace="shop",app="cart"}'],
    [
      'a counter, rated as a check rates it',
      { plan: { metricName: 'calls_total' }, selectBy: 'series', stepMs: 60_000 },
      'rate(calls_total{namespace="shop",app="cart"}[4m])',
    ],
    [
      'what is said to count',
      { plan: { metricName: 'calls', isCounter: true }, selectBy: 'series' },
      'rate(calls{namespace="shop",app="cart"}[2m])',
    ],
    ['every namespace', { selectBy: 'series', namespaces: [] }, 'latency{app="cart"}'],
    ['some namespaces', { selectBy: 'series', namespaces: ['a', 'b'] }, 'latency{namespace=~"a|b",app="cart"}'],
    [
      'a query, kept within its namespace',
      { plan: { metricName: 'm', query: 'max by (pod) (latency{namespace="bank"})' } },
      '(max by (pod) (latency{namespace="shop"})) and on (pod) kube_pod_labels{namespace="shop",label_app="cart"}',
    ],
  ])('%s', (_, given, expected) => {
    const query = queryOf(given);
    expect(query).toBe(expected);
    expect(parsePromql(query)).not.toHaveProperty('problem');
  });
});
