import { expect, it } from 'vitest';
import type { PodChoice } from '#operator/watch.ts';
import { podsOfPrometheus } from './chosen-pods.ts';

type Told = Readonly<Record<string, string>>;

function finder(labels: readonly Told[], owners: readonly Told[] = []) {
  const asked: string[] = [];
  const find = podsOfPrometheus(async (promql) => {
    asked.push(promql);
    const told = promql.startsWith('kube_pod_owner') ? owners : labels;
    return told.map((one) => ({ labels: one, timesMs: Float64Array.of(0), values: Float64Array.of(1) }));
  });
  return { asked, find: (choice: Partial<PodChoice>) => find('shop', { labels: {}, expressions: [], ...choice }) };
}

const LABELS = [
  { pod: 'cart-1', label_app: 'cart', label_app_kubernetes_io_name: 'shop' },
  { pod: 'cart-2', label_app: 'cart' },
  { pod: 'pay-1', label_app: 'pay', label_app_kubernetes_io_name: 'shop' },
];

it('the labels that a detector selects by choose its pods', async () => {
  const { find, asked } = finder(LABELS);
  expect(await find({ labels: { app: 'cart' } })).toEqual(['cart-1', 'cart-2']);
  expect(await find({ labels: { app: 'cart', 'app.kubernetes.io/name': 'shop' } })).toEqual(['cart-1']);
  const expressions = [{ key: 'app', operator: 'NotIn', values: ['cart'] }] as const;
  expect(await find({ expressions })).toEqual(['pay-1']);
  expect(asked).toEqual(['kube_pod_labels{namespace="shop"}']);
});

it('no pod of a value that others do not have is none', async () => {
  expect(await finder(LABELS).find({ labels: { app: 'none' } })).toEqual([]);
});

it('a label that no pod has may be one that nobody told of', async () => {
  expect(await finder(LABELS).find({ labels: { tier: 'web' } })).toBe('any');
  expect(await finder([]).find({ labels: { app: 'cart' } })).toBe('any');
});

it('an owner chooses its pods, a Deployment those of its ReplicaSets', async () => {
  const owners = [
    { pod: 'cart-6d4c-x', owner_kind: 'ReplicaSet', owner_name: 'cart-6d4c' },
    { pod: 'cart-db-0', owner_kind: 'StatefulSet', owner_name: 'cart-db' },
    { pod: 'cart-db-77-y', owner_kind: 'ReplicaSet', owner_name: 'cart-db-77' },
  ];
  const { find } = finder([], owners);
  expect(await find({ owner: { kind: 'Deployment', name: 'cart' } })).toEqual(['cart-6d4c-x']);
  expect(await find({ owner: { kind: 'StatefulSet', name: 'cart-db' } })).toEqual(['cart-db-0']);
  expect(await finder([]).find({ owner: { kind: 'Job', name: 'x' } })).toBe('any');
});
