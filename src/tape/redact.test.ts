import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityOf, serviceOf } from '#model/entity.ts';
import { createRedaction } from './redact.ts';

const pod = { __name__: 'latency', namespace: 'shop', pod: 'cart-579b9bff58-t2dbm', container: 'main' };

describe('redaction', () => {
  test("keeps Kubernetes' own labels and leaves out what an application chose", () => {
    const own = {
      ...pod,
      service: 'cart',
      __service: 'cart',
      node: 'n1',
      job: 'pods',
      le: '0.5',
      quantile: '0.9',
      job_name: 'nightly',
    };
    const chosen = { user_id: '7', path: '/u/7', customer: 'x', name: 'y', created_by: 'z', instance: '10.0.0.1:80' };
    expect(createRedaction({}).labels({ ...own, ...chosen })).toEqual(own);
  });

  test('keeps what it is told to keep', () => {
    expect(createRedaction({ keepLabels: ['path'] }).labels({ ...pod, path: '/', user: 'x' })).toEqual({
      ...pod,
      path: '/',
    });
  });

  test('pseudonyms hide names, keep figures, and are the same for the same name', () => {
    const { labels, edge } = createRedaction({ pseudonymKey: new Uint8Array(32).fill(7) });
    const seen = labels({ ...pod, service: 'cart', le: '0.5', resource: 'memory', owner_kind: 'ReplicaSet' });
    expect(JSON.stringify(seen)).not.toMatch(/cart|shop|t2dbm|579b9bff58|main/);
    expect(seen).toMatchObject({ __name__: 'latency', le: '0.5', resource: 'memory', owner_kind: 'ReplicaSet' });
    expect(labels(pod).pod).toBe(seen.pod);
    expect(edge({ type: 'runs-on', from: pod.pod, to: 'n1' }).from).toBe(seen.pod);
  });

  test('another key gives other pseudonyms', () => {
    const names = [1, 2].map(
      (byte) => createRedaction({ pseudonymKey: new Uint8Array(32).fill(byte) }).labels(pod).pod,
    );
    expect(names[0]).not.toBe(names[1]);
  });

  test("a pod's pseudonym still tells the service it is named after", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}(-[a-z]{1,5})?$/);
    const suffix = fc.oneof(
      fc
        .tuple(fc.stringMatching(/^[a-z0-9]{6,10}$/), fc.stringMatching(/^[a-z0-9]{5}$/))
        .map((parts) => parts.join('-')),
      fc.nat(99).map(String),
    );
    fc.assert(
      fc.property(name, suffix, fc.uint8Array({ minLength: 16, maxLength: 16 }), (service, end, pseudonymKey) => {
        const { labels } = createRedaction({ pseudonymKey });
        const alone = labels({ pod: `${service}-${end}` });
        expect(serviceOf(alone, entityOf(alone))).toBe(labels({ service }).service);
      }),
    );
  });
});
