import { describe, expect, it } from 'vitest';
import type { Labels } from '#model/series.ts';
import { neighboursOf, nodesOf, seriesCount, type Thing, takeInventory } from './inventory.ts';
import { LABELS, MINUTE, trackOf } from './test-world.ts';

const infos = (labels: readonly Labels[]) => labels.map((each, id) => ({ id, labels: each, stepMs: MINUTE }));
const names = (things: readonly Thing[]) => things.map(({ key }) => key);

describe('the inventory', () => {
  it('knows services by their pods and calls, though they have no series of their own', () => {
    const { things } = takeInventory(infos([LABELS.frontCpu, LABELS.call]), [], []);
    expect([...things.keys()].sort()).toEqual([
      'pod/shop/frontend-579b9bff58-t2dbm',
      'service/shop/cart',
      'service/shop/frontend',
    ]);
    const front = things.get('service/shop/frontend');
    expect(front && seriesCount(front)).toBe(1);
  });

  it('counts a series once, however many detectors watch it', () => {
    const track = trackOf(LABELS.cartLatency);
    const twice = [track, { ...track, detector: 'other', key: `other|${track.series}` }];
    const { things, tracksOf } = takeInventory(infos([LABELS.cartLatency]), twice, []);
    const cart = things.get('service/shop/cart');
    expect(cart && seriesCount(cart)).toBe(1);
    expect(tracksOf.get('pod/shop/cart-5f6585d649-fnmft')).toHaveLength(2);
  });

  it.each([
    ['of a Deployment', 'checkout-service-578fcf4766-9csqn', 'checkout-service'],
    ['of a StatefulSet', 'redis-cart-0', 'redis-cart'],
    ['with no pattern', 'standalone', 'standalone'],
  ])('names the service of a pod %s without a label', (_, pod, service) => {
    expect(takeInventory([], [], []).serviceOf({ kind: 'pod', namespace: 'x', name: pod })).toBe(service);
  });

  it('believes the label before the pattern', () => {
    const labels = { __name__: 'cpu', namespace: 'x', pod: 'a-b-c', service: 'shop' };
    const inventory = takeInventory(infos([labels]), [], []);
    expect(inventory.serviceOf({ kind: 'pod', namespace: 'x', name: 'a-b-c' })).toBe('shop');
  });

  it('makes up a service that only a call names, in the one namespace there is', () => {
    const calls = [{ type: 'calls', from: 'frontend', to: 'redis' }] as const;
    const one = takeInventory(infos([LABELS.frontCpu]), [], calls);
    expect([...one.things.keys()]).toContain('service/shop/redis');
    const elsewhere = { ...LABELS.frontCpu, namespace: 'other' };
    const two = takeInventory(infos([LABELS.frontCpu, elsewhere]), [], calls);
    expect([...two.things.keys()]).toContain('service//redis');
  });

  // To look at all of them for each would take far longer than a test may.
  it('takes a hundred thousand calls among as many services', () => {
    const services = Array.from({ length: 100_000 }, (_, index) => `service-${index}`);
    const labels = services.map((service) => ({ __name__: 'up', namespace: 'x', service }));
    const edges = services.map((service, index) => {
      return { type: 'calls', from: service, to: services.at(-index) ?? service } as const;
    });
    expect(takeInventory(infos(labels), [], edges).things.size).toBe(100_000);
  });

  it('finds callers and callees by edges and by labels, itself left out', () => {
    const edges = [
      { type: 'calls', from: 'cart', to: 'redis' },
      { type: 'calls', from: 'cart', to: 'cart' },
      { type: 'runs-on', from: 'frontend-579b9bff58-t2dbm', to: 'node-2' },
      { type: 'runs-on', from: 'frontend', to: 'node-1' },
    ] as const;
    const inventory = takeInventory(infos([LABELS.call, LABELS.frontCpu]), [], edges);
    const [cart, front] = ['cart', 'frontend'].map((name) => inventory.things.get(`service/shop/${name}`));
    if (cart === undefined || front === undefined) throw new Error('services are missing');
    expect(names(neighboursOf(inventory, cart, 'callers'))).toEqual(['service/shop/frontend']);
    expect(names(neighboursOf(inventory, cart, 'callees'))).toEqual(['service/shop/redis']);
    expect(names(neighboursOf(inventory, front, 'callers'))).toEqual([]);
    expect(nodesOf(inventory, front)).toEqual(['node-1', 'node-2']);
    expect(nodesOf(inventory, cart)).toEqual([]);
  });
});
