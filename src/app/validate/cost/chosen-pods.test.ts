import { expect, it } from 'vitest';
import type { PodChoice, Watch } from '#operator/watch.ts';
import { podsOfPrometheus } from './chosen-pods.ts';

type Told = Readonly<Record<string, string>>;

function finder(labels: readonly Told[], owners: readonly Told[] = []) {
  const asked: string[] = [];
  const find = podsOfPrometheus(async (promql) => {
    asked.push(promql);
    const all = promql.startsWith('kube_pod_owner') ? owners : labels;
    const told = all.filter(({ namespace }) => !promql.includes('{') || promql.includes(`"${namespace}"`));
    return told.map((one) => ({ labels: one, timesMs: Float64Array.of(0), values: Float64Array.of(1) }));
  });
  const watch = (choice: Partial<PodChoice>, namespaces?: readonly string[]): Watch => ({
    ...{ plans: [], pods: { labels: {}, expressions: [], ...choice } },
    ...{ intervalMs: 1, stepMs: 1, windowMs: 1, maxSeries: 1, isHere: false, isSuspended: false },
    ...(namespaces && { namespaces }),
  });
  const across = async (namespaces: readonly string[], choice: Partial<PodChoice>) => {
    const found = await find(watch(choice, namespaces), '');
    return found && Object.fromEntries(found);
  };
  /** In its own namespace. */
  const own = async (choice: Partial<PodChoice>) => (await find(watch(choice), 'shop'))?.get('shop') ?? [];
  return { asked, find: own, across };
}

const LABELS = [
  { namespace: 'shop', pod: 'cart-1', label_app: 'cart', label_app_kubernetes_io_name: 'shop' },
  { namespace: 'shop', pod: 'cart-2', label_app: 'cart' },
  { namespace: 'shop', pod: 'pay-1', label_app: 'pay', label_app_kubernetes_io_name: 'shop' },
];

it('the labels that a detector selects by choose its pods', async () => {
  const { find, asked } = finder(LABELS);
  expect(await find({ labels: { app: 'cart' } })).toEqual(['cart-1', 'cart-2']);
  expect(await find({ labels: { app: 'cart', 'app.kubernetes.io/name': 'shop' } })).toEqual(['cart-1']);
  const expressions = [{ key: 'app', operator: 'NotIn', values: ['cart'] }] as const;
  expect(await find({ expressions })).toEqual(['pay-1']);
  expect(asked).toEqual(['kube_pod_labels{namespace="shop"}']);
});

it('a label that is not in snake case is told in it', async () => {
  const { find } = finder([{ namespace: 'shop', pod: 'cart-1', label_app_name: 'cart', label_tier2_ha: 'x' }]);
  expect(await find({ labels: { appName: 'cart', Tier2HA: 'x' } })).toEqual(['cart-1']);
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
    { namespace: 'shop', pod: 'cart-6d4c-x', owner_kind: 'ReplicaSet', owner_name: 'cart-6d4c' },
    { namespace: 'shop', pod: 'cart-db-0', owner_kind: 'StatefulSet', owner_name: 'cart-db' },
    { namespace: 'shop', pod: 'cart-db-77-y', owner_kind: 'ReplicaSet', owner_name: 'cart-db-77' },
  ];
  const { find } = finder([], owners);
  expect(await find({ owner: { kind: 'Deployment', name: 'cart' } })).toEqual(['cart-6d4c-x']);
  expect(await find({ owner: { kind: 'StatefulSet', name: 'cart-db' } })).toEqual(['cart-db-0']);
  expect(await finder([]).find({ owner: { kind: 'Job', name: 'x' } })).toBe('any');
});

it('across namespaces those of each, and everywhere those of all', async () => {
  const { across, asked } = finder([...LABELS, { namespace: 'bank', pod: 'cart-9', label_app: 'cart' }]);
  const cart = { labels: { app: 'cart' } };
  expect(await across([], cart)).toEqual({ bank: ['cart-9'], shop: ['cart-1', 'cart-2'] });
  expect(await across(['bank'], cart)).toEqual({ bank: ['cart-9'] });
  expect(asked).toEqual(['kube_pod_labels', 'kube_pod_labels{namespace="bank"}']);
  expect(await across(['bank', 'shop'], { labels: { tier: 'web' } })).toEqual({ bank: 'any', shop: 'any' });
  expect(await across([], { labels: { tier: 'web' } })).toBeUndefined();
});
