import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesSelector, type PodRecord, type ServiceRecord } from '#kube/objects.ts';
import { createServiceIndex } from './service-index.ts';

const pod = (name: string, labels: Record<string, string>, namespace = 'shop') =>
  ({ namespace, name, uid: name, labels }) as unknown as PodRecord;
const service = (name: string, selector: Record<string, string>, namespace = 'shop') =>
  ({ namespace, name, uid: name, selector }) as unknown as ServiceRecord;

describe('services by what they choose', () => {
  test('are those of the namespace whose selector the pod carries', () => {
    const index = createServiceIndex();
    index.put(service('cart', { app: 'cart', tier: 'web' }));
    index.put(service('all', { tier: 'web' }));
    index.put(service('none', {}));
    index.put(service('cart', { app: 'cart' }, 'other'));
    expect(index.of(pod('a', { app: 'cart', tier: 'web' }))).toEqual(['all', 'cart']);
    expect(index.of(pod('b', { app: 'cart' }))).toEqual([]);
    expect(index.of(pod('b', { app: 'cart' }, 'other'))).toEqual(['cart']);
    expect(index.of(pod('b', { app: 'cart' }, 'empty'))).toEqual([]);
    expect(index.namespacesOf('cart')).toEqual(['shop', 'other']);
  });

  test('are looked for again when the pod or a selector has changed', () => {
    const index = createServiceIndex();
    const cart = service('cart', { app: 'cart' });
    index.put(cart);
    expect(index.of(pod('a', { app: 'cart' }))).toEqual(['cart']);
    index.forgetPod({ namespace: 'shop', name: 'a' });
    expect(index.of(pod('a', { app: 'ads' }))).toEqual([]);
    index.put(service('cart', { app: 'ads' }), cart);
    expect(index.of(pod('a', { app: 'ads' }))).toEqual(['cart']);
    index.remove(cart);
    expect(index.of(pod('a', { app: 'ads' }))).toEqual([]);
    expect([...index.namespaces()]).toEqual([]);
  });

  test('are what looking at every service would find, whatever came and went', () => {
    const letter = fc.constantFrom('a', 'b', 'c');
    const labels = fc.dictionary(letter, letter, { maxKeys: 3 });
    const step = fc.record({ name: letter, selector: fc.option(labels), podLabels: labels });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const index = createServiceIndex();
        const there = new Map<string, ServiceRecord>();
        for (const { name, selector, podLabels } of steps) {
          const before = there.get(name);
          if (selector === null) {
            if (before !== undefined) index.remove(before);
            there.delete(name);
          } else {
            const now = service(name, selector);
            index.put(now, before);
            there.set(name, now);
          }
          const one = pod(JSON.stringify(podLabels), podLabels);
          const expected = [...there.values()].filter((each) => matchesSelector(each.selector, podLabels));
          expect(index.of(one)).toEqual(expected.map((each) => each.name).sort());
        }
      }),
    );
  });
});
