import { afterEach, expect, it } from 'vitest';
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

it('lists what the operator knows, worst first', async () => {
  const list = () => [
    detectorOf('b', 'Active'),
    detectorOf('a', 'Active'),
    detectorOf('c', 'Active', 2),
    detectorOf('d', 'NoPodsFound'),
    detectorOf('e', 'Error'),
  ];
  served = await serveWorld({ ...createLiveWorld(), detectors: { list } });
  const { detectors, nowMs } = await served.get('detectors');
  expect(detectors.map(({ name }) => name)).toEqual(['e', 'd', 'c', 'a', 'b']);
  expect(nowMs).toBe(served.world.state.nowMs);
});

it('is empty for a cluster without any: what watches by itself is no resource', async () => {
  served = await serveWorld(createLiveWorld());
  expect((await served.get('detectors')).detectors).toEqual([]);
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
