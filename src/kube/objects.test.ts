import { describe, expect, it } from 'vitest';
import { matchesSelector, toPod, toService } from './objects.ts';

const metadata = { uid: 'u', name: 'cart-1', namespace: 'shop', resourceVersion: '5' };

describe('a pod', () => {
  it('is kept with what is used of it, and nothing else', () => {
    const raw = {
      metadata: {
        ...metadata,
        labels: { app: 'cart' },
        annotations: { 'prometheus.io/port': '9090', other: 'long text' },
        ownerReferences: [
          { kind: 'Other', name: 'x' },
          { kind: 'ReplicaSet', name: 'cart', controller: true },
        ],
        managedFields: [{}],
      },
      spec: {
        nodeName: 'node-1',
        containers: [
          { name: 'main', ports: [{ containerPort: 80 }, { name: 'metrics', containerPort: 9090, protocol: 'TCP' }] },
          { name: 'side' },
        ],
      },
      status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
    };
    expect(toPod(raw)).toEqual({
      ...metadata,
      labels: { app: 'cart' },
      nodeName: 'node-1',
      phase: 'Running',
      ip: '10.0.0.1',
      ready: true,
      deleting: false,
      owner: { kind: 'ReplicaSet', name: 'cart' },
      containerPorts: [
        { container: 'main', name: '', port: 80, protocol: 'TCP' },
        { container: 'main', name: 'metrics', port: 9090, protocol: 'TCP' },
      ],
      annotations: { 'prometheus.io/port': '9090' },
    });
  });

  it('may be as bare as one that was just made', () => {
    const pod = toPod({ metadata: { ...metadata, deletionTimestamp: 'now' } });
    expect(pod).toMatchObject({
      labels: {},
      nodeName: '',
      phase: '',
      ip: '',
      ready: false,
      deleting: true,
      owner: undefined,
    });
  });

  it.each([[undefined], [null], [{}], [{ metadata: { name: 'a' } }], ['text']])('is refused when it is %s', (raw) => {
    expect(() => toPod(raw)).toThrow('without uid, name or version');
  });
});

describe('a service', () => {
  const raw = {
    metadata: { ...metadata, name: 'cart' },
    spec: {
      selector: { app: 'cart' },
      clusterIP: 'None',
      ports: [
        { port: 80, targetPort: 'http' },
        { name: 'm', port: 9090 },
      ],
    },
  };

  it('is kept with its ports, whose target is the port itself unless told', () => {
    expect(toService(raw)).toEqual({
      ...{ ...metadata, name: 'cart', labels: {}, selector: { app: 'cart' }, clusterIP: 'None' },
      ports: [
        { name: '', port: 80, targetPort: 'http' },
        { name: 'm', port: 9090, targetPort: 9090 },
      ],
    });
  });

  it('matches by own labels only', () => {
    expect(matchesSelector({ a: '1' }, { a: '1', b: '2' })).toBe(true);
    expect(matchesSelector({ a: '1', b: '2' }, { a: '1' })).toBe(false);
    expect(matchesSelector({}, { a: '1' })).toBe(false);
    expect(matchesSelector({ constructor: 'x' }, {})).toBe(false);
  });
});
