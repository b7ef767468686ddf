import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, findingOf, keyOf, LABELS, MINUTE, trackOf } from '../test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
const CART_POD = keyOf('pod', 'cart-5f6585d649-fnmft');
let served: TestServer;
beforeEach(async () => {
  const world = createWorld();
  world.findings = [findingOf(LABELS.call, NOW - MINUTE)];
  served = await serveWorld({ world });
});
afterEach(() => served.server.close());

describe('an entity', () => {
  it('that is a service has its own series, calls to it, and those of its pods; with a finding first', async () => {
    const cart = await served.get('entity', { key: keyOf('service', 'cart') });
    expect(cart.series.map(({ metric, detector, openFinding }) => [metric, detector, openFinding !== null])).toEqual([
      ['call_latency_p50_seconds', 'latency', true],
      ['pod_server_latency_p90_seconds', 'latency', false],
      ['pod_syscall_reads', '', false],
    ]);
    expect(cart.series[0]).toMatchObject({ call: { source: 'frontend', destination: 'cart' }, threshold: 6 });
    expect(cart.series[1]).toMatchObject({ entity: { kind: 'pod' }, latest: { timeMs: NOW, value: 0.1, score: 0.5 } });
    expect(cart.tile).toMatchObject({ severity: 'red', series: 3 });
    expect(cart.callers.map(({ service }) => service)).toEqual(['frontend']);
    expect(cart.callees).toEqual([]);
    expect(cart.pods.map(({ entity }) => entity.name)).toEqual(['cart-5f6585d649-fnmft']);
    expect(cart.runsOn).toEqual(['worker-1']);
  });

  it('names its newest finding that has spans around it, whoever of its neighbours they are of', async () => {
    const { world } = served;
    const span = (service: string, startMs: number) =>
      ({ traceId: 't', spanId: String(startMs), pod: 'p', service, operation: 'get', startMs, durationMs: 1 }) as const;
    const [old, older] = [NOW - 20 * MINUTE, NOW - 40 * MINUTE].map((ms) => findingOf(LABELS.cartLatency, ms, ms + 1));
    world.findings = [...world.findings, ...[older, old].flatMap((finding) => finding ?? [])];
    world.spans = [span('frontend', NOW - 19 * MINUTE), span('cart', NOW - 40 * MINUTE), span('ads', NOW - MINUTE)];
    const tracedOf = async (key: string) => (await served.get('entity', { key })).traced?.id;
    expect(await tracedOf(keyOf('service', 'cart'))).toBe(old?.id);
    expect(await tracedOf(CART_POD)).toBe(old?.id);
    expect(await tracedOf(keyOf('service', 'frontend'))).toBeUndefined();
  });

  it('that is a pod has its own series and the neighbours of its service', async () => {
    const pod = await served.get('entity', { key: CART_POD });
    expect(pod).toMatchObject({ service: 'cart', runsOn: ['worker-1'], pods: [] });
    expect(pod.series.map(({ metric }) => metric)).toEqual(['pod_server_latency_p90_seconds', 'pod_syscall_reads']);
    expect(pod.callers.map(({ service }) => service)).toEqual(['frontend']);
    expect(pod.tile.severity).toBe('green');
  });

  it('shows a count of zero as measured and a series without scores as unscored', async () => {
    const pod = await served.get('entity', { key: CART_POD });
    const reads = pod.series.find(({ track }) => track === trackOf(LABELS.cartReads).key);
    expect(reads).toMatchObject({ measured: true, detector: '', latest: { value: 0, score: null, expected: null } });
  });

  it('names the detectors that select its pods, each with its state', async () => {
    expect((await served.get('entity', { key: CART_POD })).detectors).toEqual([]);
    await served.server.close();
    const selecting = (namespace: string, pods: readonly string[]) =>
      namespace === 'shop' && pods.includes('cart-5f6585d649-fnmft')
        ? [{ detector: 'shop/cart-memory', state: 'AwaitingMetrics' as const }]
        : [];
    served = await serveWorld({ detectorStates: { selecting } });
    const detectorsOf = async (key: string) => (await served.get('entity', { key })).detectors;
    const own = [{ name: 'cart-memory', state: 'AwaitingMetrics' }];
    expect(await detectorsOf(CART_POD)).toEqual(own);
    expect(await detectorsOf(keyOf('service', 'cart'))).toEqual(own);
    expect(await detectorsOf(keyOf('service', 'frontend'))).toEqual([]);
  });

  it('that nobody knows is refused with the nearest one', async () => {
    const refusal = await served.refused('/api/entity?key=service/shop/card');
    expect(refusal).toMatchObject({ status: 404, code: 'not-found' });
    expect(refusal.message).toContain('did you mean "service/shop/cart"?');
  });

  it('with a name longer than any name is refused before it is looked for', async () => {
    const refusal = await served.refused(`/api/entity?key=${'x'.repeat(401)}`);
    expect(refusal).toMatchObject({ status: 400, code: 'bad-usage', message: expect.stringContaining('query: key:') });
  });

  it('must be named', async () => {
    expect(await served.refused('/api/entity')).toMatchObject({
      status: 400,
      message: expect.stringContaining('query: key:'),
    });
  });
});
