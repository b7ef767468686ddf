import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '#model/plan.ts';
import { DeployedSchema } from '../contract.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { LABELS, MINUTE, trackOf } from '../test-world.ts';

const PLAN: Plan = {
  detector: 'latency',
  selector: { part_of: 'online-boutique' },
  metricName: 'pod_server_latency_p90_seconds',
  algorithm: 'median-mad',
  parameters: { windowMs: 3_600_000 },
  threshold: 6,
  guards: {
    direction: 'above',
    minAbsoluteDeviation: 0,
    minRelativeDeviation: 1,
    range: {},
    persistence: { points: 2, of: 3, clear: 2 },
    missing: 'ignore',
  },
};
let served: TestServer;
beforeEach(async () => {
  const find = (detector: string, metric: string) =>
    detector === PLAN.detector && metric === PLAN.metricName ? PLAN : undefined;
  served = await serveWorld({ deployed: { find } });
});
afterEach(() => served.server.close());

describe('tracks', () => {
  it('are all that there are, with whose they are', async () => {
    const { tracks, total } = await served.get('tracks');
    expect(tracks).toHaveLength(Object.keys(LABELS).length);
    expect(total).toBe(tracks.length);
    const keys = tracks.map(({ series }) => series);
    expect(keys).toEqual(keys.toSorted());
    expect(tracks.find(({ metric }) => metric === 'call_latency_p50_seconds')).toMatchObject({
      entity: { kind: 'service', namespace: 'shop', name: 'cart' },
      service: 'cart',
      stepMs: MINUTE,
    });
  });

  it('are found by words in any order and case, and counted beyond what is given', async () => {
    const { tracks } = await served.get('tracks', { text: 'LATENCY cart-5f' });
    expect(tracks.map(({ track }) => track)).toEqual([trackOf(LABELS.cartLatency).key]);
    const few = await served.get('tracks', { text: 'shop', limit: '2' });
    expect([few.tracks.length, few.total]).toEqual([2, Object.keys(LABELS).length]);
    expect(await served.get('tracks', { text: 'no such thing' })).toEqual({ tracks: [], total: 0 });
    const { tracks: watched } = await served.get('tracks', { detector: 'latency' });
    expect(new Set(watched.map(({ detector }) => detector))).toEqual(new Set(['latency']));
  });

  it('come with how their detector is set, where that is known', async () => {
    const { tracks } = await served.get('tracks', { track: trackOf(LABELS.cartLatency).key });
    const { detector: _, metricName: __, ...settings } = PLAN;
    expect(tracks.map(({ deployed }) => deployed)).toEqual([{ ...settings, query: null }]);
    const { tracks: others } = await served.get('tracks', { track: trackOf(LABELS.cartReads).key });
    expect(others.map(({ deployed, deployedWhy }) => [deployed, deployedWhy])).toEqual([[null, 'not-watched']]);
  });

  it('come with the guards that only newer versions have', async () => {
    const quiet = [{ days: ['Sat'], from: '00:00', to: '24:00' }] as const;
    const guards: Plan['guards'] = {
      ...PLAN.guards,
      calendar: {
        timeZone: 'UTC',
        active: [],
        quiet,
        holidays: [{ from: '--12-24', to: '--12-26' }],
        holidaysAre: 'quiet',
      },
      denominator: { metricName: 'requests', min: 5 },
    };
    const other = await serveWorld({ deployed: { find: () => ({ ...PLAN, guards }) } });
    const { tracks } = await other.get('tracks', { track: trackOf(LABELS.cartLatency).key });
    expect(tracks[0]?.deployed?.guards).toEqual(guards);
    expect(DeployedSchema.parse(tracks[0]?.deployed)).toEqual(tracks[0]?.deployed);
    await other.server.close();
  });

  it('say where a setting is that is not known here', async () => {
    const keeper = await serveWorld({ deployed: { find: () => undefined, isElsewhere: true } });
    const { tracks } = await keeper.get('tracks', { track: trackOf(LABELS.cartLatency).key });
    expect(tracks).toMatchObject([{ deployed: null, deployedWhy: 'with-operator' }]);
    await keeper.server.close();
  });
});
