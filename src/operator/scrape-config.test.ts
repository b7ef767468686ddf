import { describe, expect, test } from 'vitest';
import { planOf } from '#detect/engine/test-stream.ts';
import { createLog } from '#kit/log.ts';
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from '#kube/contract.ts';
import { KubeError } from '#kube/kube-error.ts';
import type { PodRecord } from '#kube/objects.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { detectorRecord, watching } from '../../test/fixtures/watching.ts';
import { createScrapeConfig, endpointOf, metricsPortOf } from './scrape-config.ts';

const UID = '0a1b2c3d-0000-4000-8000-000000000001';
const record = detectorRecord({ uid: UID, watch: watching(planOf({ selector: { app: 'cart' } })) });

function pod(given: Partial<PodRecord> = {}): PodRecord {
  return {
    ...{ uid: 'p', namespace: 'shop', name: 'cart-1', resourceVersion: '1', labels: {}, nodeName: 'n' },
    ...{ phase: 'Running', ip: '10.0.0.7', ready: true, deleting: false, owner: undefined, annotations: {} },
    containerPorts: [{ container: 'main', name: 'metrics', port: 9100, protocol: 'TCP' }],
    ...given,
  };
}

interface Call {
  readonly verb: string;
  readonly name: string | undefined;
  readonly body: unknown;
}

/** `refuse`: the status that a verb is refused with, as long as it is in there. */
function setUp(refuse: Record<string, number> = {}) {
  const clock = new FakeClock();
  const calls: Call[] = [];
  const client: KubeClient = {
    server: 'fake',
    close: async () => {},
    stream: () => Promise.reject(new Error('unused')),
    async request<T>({ verb }: KubeCall, { name }: KubeTarget, { body }: KubeRequest = {}) {
      calls.push({ verb, name, body });
      const status = refuse[verb];
      if (status !== undefined) throw new KubeError(status, 'Refused', 'refused');
      return undefined as T;
    },
  };
  const config = createScrapeConfig({ client, clock, log: createLog('silent'), mayWrite: () => true });
  const verbs = () => calls.map(({ verb }) => verb);
  return { config, clock, calls, verbs, targets: () => config.targets(() => [pod()]) };
}

describe('scrape configuration', () => {
  test('is a PodMonitor that the detector owns, created once', async () => {
    const { config, clock, calls, targets } = setUp();
    await config.want(record, 'shop', [pod()]);
    await clock.advance(599_000);
    await config.want(record, 'shop', [pod()]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.body).toMatchObject({
      kind: 'PodMonitor',
      metadata: {
        name: 'tidewatch-cart-0a1b2c3d',
        namespace: 'shop',
        ownerReferences: [{ kind: 'AnomalyDetector', uid: UID }],
      },
      spec: {
        selector: { matchLabels: { app: 'cart' } },
        podMetricsEndpoints: [{ port: 'metrics', path: '/metrics' }],
      },
    });
    expect(targets()).toEqual([]);
  });

  test('is a list of targets where there is no Prometheus Operator, which is looked for again', async () => {
    const { config, clock, calls, targets } = setUp({ create: 404 });
    await config.want(record, 'shop', [pod()]);
    await config.want(record, 'shop', [pod()]);
    expect(calls).toHaveLength(1);
    expect(targets()).toEqual([{ address: '10.0.0.7:9100', path: '/metrics', namespace: 'shop', pod: 'cart-1' }]);
    await clock.advance(600_000);
    await config.want(record, 'shop', [pod()]);
    expect(calls).toHaveLength(2);
    config.forget(UID);
    expect(targets()).toEqual([]);
  });

  test('of pods that are chosen by their owner is a list: a PodMonitor would take all pods of the namespace', async () => {
    const { config, calls, targets } = setUp();
    const bare = watching(planOf({ selector: {} }));
    const watch = { ...bare, pods: { ...bare.pods, owner: { kind: 'Deployment', name: 'cart' } } };
    await config.want({ ...record, watch }, 'shop', [pod()]);
    expect(calls).toEqual([]);
    expect(targets()).toHaveLength(1);
  });

  test('one that is there from before a restart is brought up to date, once', async () => {
    const { config, clock, calls, verbs, targets } = setUp({ create: 409 });
    await config.want(record, 'shop', [pod()]);
    expect(verbs()).toEqual(['create', 'patch']);
    expect(calls[1]).toMatchObject({
      name: 'tidewatch-cart-0a1b2c3d',
      body: [
        { op: 'test', path: '/metadata/ownerReferences/0/uid', value: UID },
        { op: 'replace', path: '/spec', value: { selector: { matchLabels: { app: 'cart' } } } },
      ],
    });
    expect(targets()).toEqual([]);
    await clock.advance(600_000);
    await config.want(record, 'shop', [pod()]);
    expect(verbs()).toEqual(['create', 'patch', 'create']);
  });

  test('follows another selector at once', async () => {
    const refuse: Record<string, number> = {};
    const { config, calls, verbs } = setUp(refuse);
    await config.want(record, 'shop', [pod()]);
    refuse.create = 409;
    await config.want({ ...record, generation: 2, watch: watching(planOf({ selector: { app: 'ads' } })) }, 'shop', [
      pod(),
    ]);
    expect(verbs()).toEqual(['create', 'create', 'patch']);
    expect(calls[2]?.body).toMatchObject([{}, { value: { selector: { matchLabels: { app: 'ads' } } } }]);
  });

  test('one that somebody deleted is made again while the metric is absent', async () => {
    const { config, clock, verbs } = setUp();
    await config.want(record, 'shop', [pod()]);
    await clock.advance(600_000);
    await config.want(record, 'shop', [pod()]);
    expect(verbs()).toEqual(['create', 'create']);
  });

  test('of a detector that came again under its name is another one', async () => {
    const { config, calls } = setUp();
    await config.want(record, 'shop', [pod()]);
    await config.want({ ...record, uid: 'ffffffff-0000-4000-8000-000000000002' }, 'shop', [pod()]);
    const names = calls.map(({ body }) => (body as { metadata: { name: string } }).metadata.name);
    expect(names).toEqual(['tidewatch-cart-0a1b2c3d', 'tidewatch-cart-ffffffff']);
  });

  test('is not made for pods that declare no metrics port', async () => {
    const { config, calls } = setUp();
    await config.want(record, 'shop', [pod({ containerPorts: [] })]);
    expect(calls).toEqual([]);
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

test('a pod that has ended has no endpoint: its address may be another one’s', () => {
  const ports = [{ container: 'c', name: 'metrics', port: 9090, protocol: 'TCP' }];
  const phases = ['Running', 'Pending', 'Succeeded', 'Failed'].map((phase) =>
    endpointOf(pod({ phase, containerPorts: ports })),
  );
  expect(phases.map((endpoint) => endpoint?.ip)).toEqual(['10.0.0.7', '10.0.0.7', undefined, undefined]);
});
