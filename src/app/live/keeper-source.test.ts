// What the keeper's page says of a cluster that it only hears of.
import { expect, test } from 'vitest';
import type { KeeperFacts } from '#api/grpc/keeper-facts.ts';
import { AWAY_MS, createKeeperSource } from './keeper-source.ts';

const T0 = 1_760_000_000_000;

function open() {
  const clock = { ms: T0, nowMs: () => clock.ms, sleep: async () => {} };
  return { clock, source: createKeeperSource({ clock, cluster: 'kind-shop', storedFromMs: () => undefined }) };
}

const FACTS: KeeperFacts = {
  ...{ state: 'live', progress: null, message: null, newestMs: T0 - 1000, samplesPerSecond: 4, droppedSamples: 0 },
  live: { cluster: 'kind-shop', prometheus: 'http://p', series: 7, stepMs: 60_000, troubles: [] },
  unscored: [{ labels: { __name__: 'cpu', namespace: 'shop', pod: 'cart-2' }, stepMs: 60_000 }],
  detectors: [
    {
      ...{ namespace: 'shop', name: 'latency', state: 'Active', monitoredPods: 1, anomalousPods: [] },
      ...{ anomalousPodCount: 0, lastCheckMs: T0, lastScoreMs: T0, series: 1, message: '', pods: ['cart-1'] },
    },
  ],
  services: [{ namespace: 'shop', name: 'cart', pods: ['cart-1'] }],
  scrapeTargets: [{ targets: ['10.0.0.1:9102'], labels: { namespace: 'shop', pod: 'cart-1' } }],
  leftOut: { detectors: 0, services: 0, scrapeTargets: 0 },
};

test('a report is what is shown, and whoever listens hears of it', () => {
  const { source } = open();
  let heard = 0;
  source.onChange(() => heard++);
  source.report(FACTS);
  expect(heard).toBe(1);
  expect(source.state()).toMatchObject({
    mode: 'live',
    state: 'live',
    live: { series: 7, troubles: [], behindMs: 1000 },
  });
  expect(source.series()).toMatchObject([{ labels: { pod: 'cart-2' }, stepMs: 60_000 }]);
  expect(source.services.find('cart')).toMatchObject([{ namespace: 'shop', pods: ['cart-1'] }]);
  expect(source.detectors.list()).toMatchObject([{ name: 'latency', state: 'Active' }]);
  expect(source.detectorStates.selecting('shop', ['cart-1'])).toEqual([{ detector: 'shop/latency', state: 'Active' }]);
  expect(source.detectorStates.selecting('other', ['cart-1'])).toEqual([]);
});

test('when no report comes for two minutes the page says so, since the last one, and is ready all the same', () => {
  const { clock, source } = open();
  source.report(FACTS);
  clock.ms += AWAY_MS - 1;
  expect(source.state().live?.troubles).toEqual([]);
  clock.ms += 1;
  expect(source.state().live?.troubles).toMatchObject([{ kind: 'other', sinceMs: T0, blocking: false }]);
  source.report(FACTS);
  expect(source.state().live?.troubles).toEqual([]);
});

test('before the first report it is warming, and after two minutes nobody is there', () => {
  const { clock, source } = open();
  expect(source.state()).toMatchObject({ state: 'warming', live: { cluster: 'kind-shop', troubles: [] } });
  clock.ms += AWAY_MS;
  expect(source.state()).toMatchObject({ state: 'live', live: { troubles: [{ sinceMs: T0 }] } });
});

test('what is not known before the first report is not taken for nothing', () => {
  const { source } = open();
  expect(source.services.find('cart')).toBeUndefined();
  expect(source.knownTargets()).toBeUndefined();
  source.report(FACTS);
  expect(source.services.find('card')).toEqual([]);
  expect(source.knownTargets()).toEqual(FACTS.scrapeTargets);
  expect(source.scrapeTargets.list()).toEqual(FACTS.scrapeTargets);
});

test('what did not fit into the report is said, and a service that may be among it is not denied', () => {
  const { source } = open();
  source.report({ ...FACTS, leftOut: { detectors: 12, services: 1, scrapeTargets: 0 } });
  const what = expect.stringContaining('12 detectors, 1 services and 0 scrape targets are not shown');
  expect(source.state().live?.troubles).toMatchObject([{ what, blocking: false }]);
  expect(source.services.find('card')).toBeUndefined();
  expect(source.services.find('cart')).toMatchObject([{ namespace: 'shop' }]);
});

test('trouble of the keeper itself comes first', () => {
  const own = { kind: 'other', what: 'not-stored: x', sinceMs: T0, remedy: 'y', blocking: true } as const;
  const clock = { nowMs: () => T0, sleep: async () => {} };
  const source = createKeeperSource({ clock, cluster: 'c', storedFromMs: () => undefined, troubles: () => [own] });
  const theirs = { ...own, what: 'spooled: 3 batches', blocking: false };
  source.report({ ...FACTS, live: { ...FACTS.live, troubles: [theirs] } });
  expect(source.state().live?.troubles).toEqual([own, theirs]);
});
