import { afterEach, describe, expect, it } from 'vitest';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, FROM, findingOf, LABELS, MINUTE, type World } from '../test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
let served: TestServer | undefined;

async function overviewOf(prepare: (world: World) => void) {
  const world = createWorld();
  prepare(world);
  served = await serveWorld({ world });
  return served.get('overview');
}

afterEach(() => served?.server.close());

describe('the overview', () => {
  it('of a quiet day is green and says since when', async () => {
    const overview = await overviewOf((world) => {
      world.findings = [findingOf(LABELS.cartLatency, NOW - 60 * MINUTE, NOW - 50 * MINUTE)];
    });
    expect(overview).toMatchObject({
      nowMs: NOW,
      unhealthy: 0,
      quiet: 2,
      sinceMs: NOW - 51 * MINUTE,
      warmingUp: false,
    });
    expect(overview.services.map(({ severity, impact }) => [severity, impact])).toEqual([
      ['green', 0],
      ['green', 0],
    ]);
    expect(overview.services.map(({ entity, pods }) => [entity.name, pods])).toEqual([
      ['cart', ['cart-5f6585d649-fnmft']],
      ['frontend', ['frontend-579b9bff58-t2dbm']],
    ]);
  });

  it('of a day without any finding has no since', async () => {
    expect((await overviewOf(() => {})).sinceMs).toBeNull();
  });

  it("colours a pod's service and puts the worst first", async () => {
    const overview = await overviewOf((world) => {
      world.findings = [findingOf(LABELS.frontCpu, NOW - 5 * MINUTE)];
    });
    expect(overview).toMatchObject({ unhealthy: 1, quiet: 1, sinceMs: NOW - 7 * MINUTE });
    expect(overview.services[0]).toMatchObject({ service: 'frontend', severity: 'red', openFindings: 1, series: 3 });
    expect(overview.pods[0]).toMatchObject({ entity: { name: 'frontend-579b9bff58-t2dbm' }, severity: 'red' });
    expect(overview.services[0]?.worst).toMatchObject({
      metric: 'pod_cpu_usage_cores',
      score: 9,
      value: 0.4,
      expected: 0.1,
    });
    expect(overview.services[1]).toMatchObject({ service: 'cart', severity: 'green', worst: null });
  });

  it('colours the callee of a slow call, not the caller', async () => {
    const overview = await overviewOf((world) => {
      world.findings = [findingOf(LABELS.call, NOW - MINUTE)];
    });
    expect(overview.services.map(({ service, severity }) => [service, severity])).toEqual([
      ['cart', 'red'],
      ['frontend', 'green'],
    ]);
    expect(overview.pods.every(({ severity }) => severity === 'green')).toBe(true);
  });

  it.each([
    ['amber nine minutes after the end', 9, 'amber', 0.25],
    ['green ten minutes after it', 10, 'green', 0],
  ])('is %s', async (_, minutes, severity, impact) => {
    const overview = await overviewOf((world) => {
      world.findings = [findingOf(LABELS.cartLatency, NOW - 40 * MINUTE, NOW - (minutes - 1) * MINUTE)];
    });
    expect(overview.services.find(({ service }) => service === 'cart')).toMatchObject({ severity, impact });
    expect(overview.unhealthy).toBe(0);
  });

  it('does not show what was not known yet', async () => {
    const overview = await overviewOf((world) => {
      world.findings = [findingOf(LABELS.cartLatency, NOW + 1), findingOf(LABELS.frontCpu, NOW - 5 * MINUTE, NOW + 1)];
    });
    expect(overview.services.map(({ service, severity }) => [service, severity])).toEqual([
      ['frontend', 'red'],
      ['cart', 'green'],
    ]);
  });

  it('tells a success rate of zero throughout as not measured', async () => {
    const { felt } = await overviewOf((world) => {
      world.findings = [findingOf(LABELS.feltLatency, NOW - MINUTE)];
    });
    expect(felt).toMatchObject([
      { kind: 'success-ratio', measured: false, value: 0, expected: null, severity: 'green' },
      { kind: 'latency', measured: true, value: 0.1, expected: 0.1, severity: 'red' },
    ]);
  });

  it('tells a success rate as measured from its first value that is not zero', async () => {
    const at = FROM + 20 * MINUTE;
    const world = createWorld();
    world.valueAt = (_, timeMs) => (timeMs >= at ? 1 : 0);
    world.moveTo(at - 1);
    served = await serveWorld({ world });
    expect((await served.get('overview')).felt[0]).toMatchObject({ measured: false });
    world.moveTo(at);
    await served.clock.advance(1000);
    expect((await served.get('overview')).felt[0]).toMatchObject({ measured: true });
    world.moveTo(at - 1);
    await served.clock.advance(1000);
    expect((await served.get('overview')).felt[0]).toMatchObject({ measured: false });
  });

  it('colours a success rate by itself: users who get errors need no finding to be heard', async () => {
    const { felt, unhealthy } = await overviewOf((world) => {
      world.valueAt = () => 0.538;
    });
    expect(felt[0]).toMatchObject({ kind: 'success-ratio', value: 0.538, severity: 'red' });
    expect(felt[1]).toMatchObject({ kind: 'latency', severity: 'green' });
    expect(unhealthy).toBe(0);
  });

  it.each([
    ['beyond its threshold and far from its usual is unusual before there is a finding', 5.19, 9, true],
    ['within its threshold is not, however far', 5.19, 5.9, false],
    ['beyond its threshold but near its usual is not', 0.19, 9, false],
  ])('says that a latency %s', async (_, value, score, unusual) => {
    const { felt } = await overviewOf((world) => {
      world.valueAt = (labels) => (labels === LABELS.feltLatency ? value : 1);
      world.scoreAt = () => score;
    });
    expect(felt).toMatchObject([
      { kind: 'success-ratio', unusual: false },
      { kind: 'latency', severity: 'green', unusual },
    ]);
  });

  it('warms up for the first hour of the tape', async () => {
    expect((await overviewOf((world) => world.moveTo(FROM + 59 * MINUTE))).warmingUp).toBe(true);
  });

  it('in the gap of the recording has no newest value', async () => {
    expect((await overviewOf((world) => world.moveTo(FAULTS_FROM - 1))).felt[1]).toMatchObject({ value: null });
  });

  it('shows what is neither pod nor service beside the services', async () => {
    const machine = { __name__: 'load', job: 'batch' };
    const overview = await overviewOf((world) => {
      world.labels = [machine];
      world.findings = [findingOf(machine, NOW - MINUTE)];
    });
    expect(overview.services[0]).toMatchObject({ entity: { kind: 'other', name: 'batch' }, severity: 'red' });
    expect(overview.felt).toEqual([]);
  });

  it('is worked out once for many clients, and again when the playhead moves', async () => {
    const world = createWorld();
    served = await serveWorld({ world });
    const { get, clock } = served;
    await Promise.all(Array.from({ length: 20 }, () => get('overview')));
    const before = { ...world.calls };
    expect(before).toMatchObject({ findings: 1, tracks: 1, edges: 1 });
    world.moveTo(NOW + MINUTE);
    await clock.advance(1000);
    expect((await get('overview')).nowMs).toBe(NOW + MINUTE);
    expect(world.calls.tracks).toBe(2);
  });
});
