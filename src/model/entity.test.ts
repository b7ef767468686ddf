import { describe, expect, it } from 'vitest';
import { entityKey, entityOf, serviceOf } from './entity.ts';

describe("a thing's service", () => {
  it.each([
    ['a service is its own', { service: 'cart' }, 'cart'],
    ['a call counts to its callee', { source: 'frontend', destination: 'cart', service: 'frontend' }, 'cart'],
    ["a pod's label is believed", { pod: 'a-b-c', service: 'shop' }, 'shop'],
    ['what the cluster says of a pod is believed more', { pod: 'a-b-c', service: 'shop', __service: 'cart' }, 'cart'],
    ['a pod of a Deployment', { pod: 'checkout-service-578fcf4766-9csqn' }, 'checkout-service'],
    ['a pod of a StatefulSet', { pod: 'redis-cart-0' }, 'redis-cart'],
    ['a pod with no pattern', { pod: 'standalone' }, 'standalone'],
    ['a node belongs to none', { node: 'worker-1' }, ''],
    ['whatever else belongs to none', { job: 'etcd' }, ''],
  ])('%s', (_, labels, service) => {
    expect(serviceOf(labels)).toBe(service);
  });

  it('can be told of an entity whose labels nobody knows', () => {
    expect(serviceOf({}, { kind: 'pod', namespace: 'x', name: 'cart-5f6585d649-fnmft' })).toBe('cart');
  });
});

it('a volume is called by its claim', () => {
  const labels = { __name__: 'volume_usage_ratio', namespace: 'shop', persistentvolumeclaim: 'data-0' };
  expect(entityKey(entityOf(labels))).toBe('other/shop/data-0');
});
