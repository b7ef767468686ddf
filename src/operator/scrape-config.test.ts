import { describe, expect, test } from 'vitest';
import { planOf } from '#detect/test-stream.ts';
import { createLog } from '#kit/log.ts';
import type { KubeClient, KubeRequest } from '#kube/contract.ts';
import { KubeError } from '#kube/kube-error.ts';
import type { PodRecord } from '#kube/objects.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import type { DetectorRecord } from './detector-record.ts';
import { createScrapeConfig, metricsPortOf } from './scrape-config.ts';

const record: DetectorRecord = {
  uid: 'u1',
  namespace: 'shop',
  name: 'cart',
  resourceVersion: '1',
  generation: 1,
  apiVersion: 'monitoring.my.company/v1',
  deleting: false,
  finalizers: [],
  plan: planOf({ selector: { app: 'cart' } }),
  problems: [],
  status: {},
};

function pod(given: Partial<PodRecord> = {}): PodRecord {
  return {
    ...{ uid: 'p', namespace: 'shop', name: 'cart-1', resourceVersion: '1', labels: {}, nodeName: 'n' },
    ...{ phase: 'Running', ip: '10.0.0.7', ready: true, deleting: false, owner: undefined, annotations: {} },
    containerPorts: [{ container: 'main', name: 'metrics', port: 9100, protocol: 'TCP' }],
    ...given,
  };
}

function setUp(refuse?: number) {
  const clock = new FakeClock();
  const bodies: unknown[] = [];
  const client: KubeClient = {
    server: 'fake',
    close: async () => {},
    stream: () => Promise.reject(new Error('unused')),
    async request<T>(_call: unknown, _target: unknown, request: KubeRequest = {}) {
      bodies.push(request.body);
      if (refuse !== undefined) throw new KubeError(refuse, 'Refused', 'refused');
      return undefined as T;
    },
  };
  const config = createScrapeConfig({ client, clock, log: createLog('silent'), mayWrite: () => true });
  return { config, clock, bodies, targets: () => config.targets(() => [pod()]) };
}

describe('scrape configuration', () => {
  test('is a PodMonitor that the detector owns, created once', async () => {
    const { config, clock, bodies, targets } = setUp();
    await config.want(record, [pod()]);
    await clock.advance(3_600_000);
    await config.want(record, [pod()]);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({
      kind: 'PodMonitor',
      metadata: { namespace: 'shop', ownerReferences: [{ kind: 'AnomalyDetector', uid: 'u1' }] },
      spec: {
        selector: { matchLabels: { app: 'cart' } },
        podMetricsEndpoints: [{ port: 'metrics', path: '/metrics' }],
      },
    });
    expect(targets()).toEqual([]);
  });

  test('is a list of targets where there is no Prometheus Operator, which is looked for again', async () => {
    const { config, clock, bodies, targets } = setUp(404);
    await config.want(record, [pod()]);
    await config.want(record, [pod()]);
    expect(bodies).toHaveLength(1);
    expect(targets()).toEqual([{ address: '10.0.0.7:9100', path: '/metrics', namespace: 'shop', pod: 'cart-1' }]);
    await clock.advance(600_000);
    await config.want(record, [pod()]);
    expect(bodies).toHaveLength(2);
    config.forget('u1');
    expect(targets()).toEqual([]);
  });

  test('one that is there from before a restart will do', async () => {
    const { config, targets } = setUp(409);
    await config.want(record, [pod()]);
    expect(targets()).toEqual([]);
  });

  test('is not made for pods that declare no metrics port', async () => {
    const { config, bodies } = setUp();
    await config.want(record, [pod({ containerPorts: [] })]);
    expect(bodies).toEqual([]);
  });
});

describe('a metrics port', () => {
  const port = (name: string, number: number, protocol = 'TCP') => ({ container: 'c', name, port: number, protocol });
  test.each([
    ['by its name', pod({ containerPorts: [port('http', 80), port('http-metrics', 81)] }), 81],
    [
      'by the annotation, before any name',
      pod({ annotations: { 'prometheus.io/port': '80' }, containerPorts: [port('http', 80), port('metrics', 81)] }),
      80,
    ],
    [
      'not one that no container declares',
      pod({ annotations: { 'prometheus.io/port': '22' }, containerPorts: [port('http', 80)] }),
      undefined,
    ],
    ['not where scraping is refused', pod({ annotations: { 'prometheus.io/scrape': 'false' } }), undefined],
    ['not a port of UDP', pod({ containerPorts: [port('metrics', 80, 'UDP')] }), undefined],
  ])('is found %s', (_, given, expected) => {
    expect(metricsPortOf(given)?.port).toBe(expected);
  });
});
