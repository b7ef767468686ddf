import { describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import type { KubeClient } from '#kube/contract.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { discoverPrometheus } from './discover.ts';
import { candidatesOf, type ListedService } from './prometheus-services.ts';

const service = (
  name: string,
  ports: readonly (readonly [string, number])[],
  labels: Record<string, string> = {},
  more = {},
): ListedService => ({
  metadata: { name, namespace: 'monitoring', labels },
  spec: { ports: ports.map(([name, port]) => ({ name, port })), ...more },
});

const ONE = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}';

/** A cluster whose services answer by name. */
function cluster(services: readonly ListedService[], answer: (name: string, path: string) => string) {
  const asked: string[] = [];
  const client: KubeClient = {
    server: 'https://cluster',
    // One a page, so that paging is seen.
    request: async <T>(_: unknown, __: unknown, request: { query?: { continue?: string } } = {}) => {
      const at = Number(request.query?.continue ?? 0);
      const more = at + 1 < services.length ? String(at + 1) : '';
      return { metadata: { continue: more }, items: services.slice(at, at + 1) } as T;
    },
    stream: async (_, { namespace, name = '', path = '' }) => {
      asked.push(`${namespace}/${name}${path}`);
      const text = answer(name, path);
      return (async function* () {
        yield new TextEncoder().encode(text);
      })();
    },
    close: async () => undefined,
  };
  return { client, asked };
}

describe('services that may be a Prometheus', () => {
  it.each([
    [
      'kube-prometheus-stack',
      service(
        'stack-kube-prom-prometheus',
        [
          ['http-web', 9090],
          ['reloader-web', 8080],
        ],
        { app: 'kube-prometheus-stack-prometheus' },
      ),
      'stack-kube-prom-prometheus:9090',
    ],
    [
      'the chart of Prometheus',
      service('prometheus-server', [['http', 80]], { 'app.kubernetes.io/name': 'prometheus' }),
      'prometheus-server:80',
    ],
    [
      'the operator’s own',
      service('prometheus-operated', [['web', 9090]], { 'operated-prometheus': 'true' }),
      'prometheus-operated:9090',
    ],
    [
      'one of another name',
      service(
        'metrics',
        [
          ['grpc', 1],
          ['web', 8000],
        ],
        { app: 'prometheus' },
      ),
      'metrics:8000',
    ],
    [
      'Thanos',
      service('thanos-query', [
        ['grpc', 10901],
        ['http', 10902],
      ]),
      'thanos-query:10902',
    ],
    ['VictoriaMetrics', service('vmsingle-vm', [['http', 8429]]), 'vmsingle-vm:8429'],
    ['its cluster', service('vmselect-vm', [['http', 8481]]), 'vmselect-vm:8481/select/0/prometheus'],
    ['Mimir', service('mimir-nginx', [['http-metric', 80]]), 'mimir-nginx:80/prometheus'],
  ])('%s is one', (_, listed, expected) => {
    const [candidate] = candidatesOf([listed]);
    const { service: name, port, prefix = '' } = candidate?.address ?? {};
    expect(`${name}:${port}${prefix}`).toBe(expected);
  });

  it.each([
    'prometheus-alertmanager',
    'prometheus-operator',
    'prometheus-node-exporter',
    'prometheus-pushgateway',
    'prometheus-adapter',
    'kubernetes',
    'cart',
  ])('%s is none', (name) => {
    expect(candidatesOf([service(name, [['http', 9090]])])).toEqual([]);
  });

  it('are asked through TLS where their port says so', () => {
    expect(candidatesOf([service('prometheus-k8s', [['https-web', 9091]])])[0]?.address.scheme).toBe('https');
    expect(candidatesOf([service('prometheus', [['web', 9090]], {}, { type: 'ExternalName' })])).toEqual([]);
  });
});

describe('the Prometheus of a cluster', () => {
  const services = [
    service('cart', [['http', 80]]),
    service('prometheus-k8s', [['web', 9090]], { 'app.kubernetes.io/name': 'prometheus' }),
    service('my-prometheus', [['web', 8080]]),
  ];

  it('is the first that answers, the likeliest asked first', async () => {
    const { client, asked } = cluster(services, (name) => (name.startsWith('my') ? ONE : '<html>'));
    const found = await discoverPrometheus(client, { clock: new FakeClock() });
    expect(asked).toEqual([
      'monitoring/prometheus-k8s:9090/api/v1/query',
      'monitoring/my-prometheus:8080/api/v1/query',
    ]);
    expect(found.service).toMatchObject({ service: 'my-prometheus', port: '8080' });
    expect(found.tried).toEqual([expect.stringContaining('prometheus-k8s:9090 (')]);
    expect(found.transport.address).toBe('monitoring/my-prometheus:8080 (through https://cluster)');
  });

  it('is not found, with what was tried', async () => {
    const { client } = cluster(services, () => {
      throw new AppError('unavailable', 'no endpoints available');
    });
    await expect(discoverPrometheus(client, { clock: new FakeClock() })).rejects.toMatchObject({
      code: 'not-found',
      message:
        'none of these answered as Prometheus: monitoring/prometheus-k8s:9090 (no endpoints available); ' +
        'monitoring/my-prometheus:8080 (no endpoints available). When it is elsewhere, give its address with --prometheus URL',
    });
    const none = cluster([], () => '');
    await expect(discoverPrometheus(none.client, { clock: new FakeClock() })).rejects.toMatchObject({
      message: expect.stringMatching(
        /no service in the cluster at https:\/\/cluster looks like Prometheus.*--prometheus URL/,
      ),
    });
  });

  it('cannot be looked for without the right to', async () => {
    const { client, asked } = cluster(services, () => {
      throw new AppError('forbidden', 'may not get services/proxy');
    });
    await expect(discoverPrometheus(client, { clock: new FakeClock() })).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked).toHaveLength(2);
  });

  it('is the next one where a proxy in front of the first refuses', async () => {
    const { client } = cluster(services, (name) => {
      if (name.startsWith('my')) return ONE;
      throw new AppError('forbidden', 'kube-rbac-proxy refuses');
    });
    const { service: found } = await discoverPrometheus(client, { clock: new FakeClock() });
    expect(found.service).toBe('my-prometheus');
  });

  it('is not one that a tenant put up, while there is one where it belongs', async () => {
    const tenants = {
      ...service('thanos-query', [['http', 10902]]),
      metadata: { name: 'thanos-query', namespace: 'tenant' },
    };
    const { client, asked } = cluster([tenants, ...services], () => ONE);
    const clock = new FakeClock();
    expect((await discoverPrometheus(client, { clock })).service.service).toBe('prometheus-k8s');
    const alone = cluster([tenants], () => ONE);
    await expect(discoverPrometheus(alone.client, { clock, namespaces: ['monitoring'] })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /tenant\/thanos-query:10902 looks like Prometheus, but anybody.*outside of monitoring/,
      ),
    });
    expect(asked).toHaveLength(1);
    expect(alone.asked).toEqual([]);
    expect((await discoverPrometheus(alone.client, { clock })).service.service).toBe('thanos-query');
  });

  it('is not waited for where nobody answers', async () => {
    const { client } = cluster(services, () => ONE);
    const clock = new FakeClock();
    let asked = 0;
    const silent: KubeClient = {
      ...client,
      stream: (...call) => (asked++ === 0 ? new Promise(() => undefined) : client.stream(...call)),
    };
    const found = discoverPrometheus(silent, { clock });
    await clock.advance(5000);
    expect((await found).tried).toEqual(['monitoring/prometheus-k8s:9090 (no answer within 5000 ms)']);
  });
});
