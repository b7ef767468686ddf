import { afterEach, expect, it } from 'vitest';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import type { DetectorState, DetectorView } from '../contract.ts';
import { createLiveWorld } from '../test-live.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, findingOf, LABELS, MINUTE } from '../test-world.ts';

let served: TestServer | undefined;
afterEach(() => served?.server.close());

function detectorOf(name: string, state: DetectorState, anomalousPodCount = 0): DetectorView {
  const counts = { monitoredPods: 3, anomalousPods: [], anomalousPodCount, series: 3 };
  return { namespace: 'shop', name, state, ...counts, lastCheckMs: null, lastScoreMs: 5, message: '' };
}

it('lists what the operator knows: who found something first, then the worst state', async () => {
  const list = () => [
    detectorOf('b', 'Active'),
    detectorOf('a', 'Active'),
    detectorOf('c', 'Active', 2),
    detectorOf('d', 'NoPodsFound'),
    detectorOf('e', 'Error'),
  ];
  served = await serveWorld({ ...createLiveWorld(), detectors: { list } });
  const { detectors, nowMs } = await served.get('detectors');
  expect(detectors.map(({ name }) => name)).toEqual(['c', 'e', 'd', 'a', 'b']);
  expect(nowMs).toBe(served.world.state.nowMs);
});

it('is empty for a cluster without any: what watches by itself is no resource', async () => {
  served = await serveWorld(createLiveWorld());
  expect((await served.get('detectors')).detectors).toEqual([]);
});

it('lists what watches a cluster by itself, with its series; on a tape nothing does', async () => {
  const live = createLiveWorld();
  const detector = 'observe-pod-cpu-usage-cores';
  const tracks = (await live.world.store.tracks()).map((track) => ({ ...track, detector }));
  const store = { ...live.world.store, tracks: async () => tracks };
  served = await serveWorld({ ...live, world: { ...live.world, store } });
  const { observed } = await served.get('detectors');
  expect(observed).toHaveLength(OBSERVED.length);
  expect(observed[0]).toMatchObject({ name: detector, metric: 'pod_cpu_usage_cores', what: OBSERVED[0]?.summary });
  expect(observed[0]?.series).toBe(tracks.length);
  expect(observed[1]?.series).toBe(0);
  await served.server.close();
  served = await serveWorld();
  expect((await served.get('detectors')).observed).toEqual([]);
});

it("tells of a tape's detectors what its series and findings say", async () => {
  const world = createWorld();
  const now = FAULTS_FROM + 30 * MINUTE;
  world.findings = [
    findingOf(LABELS.cartLatency, now - MINUTE),
    findingOf(LABELS.frontCpu, now - 20 * MINUTE, now - 9 * MINUTE),
  ];
  served = await serveWorld({ world });
  const { detectors } = await served.get('detectors');
  expect(detectors).toMatchObject([
    { name: 'latency', state: 'Active', monitoredPods: 2, anomalousPods: ['cart-5f6585d649-fnmft'], series: 4 },
  ]);
});
