import { afterEach, expect, it } from 'vitest';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, FROM, findingOf, LABELS, MINUTE, QUIET_END, TO, trackOf } from '../test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
let served: TestServer | undefined;
afterEach(() => served?.server.close());

it('draws what users felt up to the playhead, with a hole where nothing was recorded', async () => {
  served = await serveWorld();
  const { felt, fromMs, toMs, segments } = await served.get('timeline');
  expect([fromMs, toMs, segments.length]).toEqual([FROM, TO, 2]);
  expect(felt?.series).toBe(trackOf(LABELS.feltLatency).series);
  expect(felt?.timesMs.at(-1)).toBe(NOW);
  const hole = felt?.values.indexOf(null) ?? -1;
  expect(felt?.timesMs.slice(hole - 1, hole + 2)).toEqual([
    QUIET_END - MINUTE,
    (QUIET_END - MINUTE + FAULTS_FROM) / 2,
    FAULTS_FROM,
  ]);
  expect(felt?.timesMs.length).toBe(felt?.values.length);
});

it('marks each finding known by now, an open one without an end', async () => {
  const world = createWorld();
  world.findings = [
    findingOf(LABELS.cartLatency, NOW - 60 * MINUTE, NOW - 50 * MINUTE, 3),
    findingOf(LABELS.call, NOW - MINUTE),
    findingOf(LABELS.frontCpu, NOW + MINUTE),
  ];
  served = await serveWorld({ world });
  const { findings } = await served.get('timeline');
  expect(findings).toMatchObject([
    { service: 'cart', severity: 'red', startMs: NOW - 3 * MINUTE, endMs: null, metric: 'call_latency_seconds' },
    { service: 'cart', severity: 'amber', endMs: NOW - 51 * MINUTE, entity: { kind: 'pod' } },
  ]);
  expect(findings).toHaveLength(2);
});

it('has no line where nothing that is felt was measured', async () => {
  const world = createWorld();
  world.valueAt = () => 0;
  served = await serveWorld({ world });
  expect((await served.get('timeline')).felt).toBeNull();
});

it('says how many faults were injected, without telling when', async () => {
  const world = createWorld();
  served = await serveWorld({ world });
  expect((await served.get('timeline')).faults).toBe(0);
  world.faults = [{ timeMs: TO - MINUTE, pod: 'cart-5f6585d649-fnmft', service: 'cart', type: 'return' }];
  world.changed();
  await served.clock.advance(1000);
  expect((await served.get('timeline')).faults).toBe(1);
});
