import { afterEach, describe, expect, it } from 'vitest';
import { FLAG } from '#model/score.ts';
import { type DetectorState, ErrorSchema } from '../contract.ts';
import type { ServiceDirectory } from '../replay-control.ts';
import { createLiveWorld } from '../test-live.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FROM, LABELS } from '../test-world.ts';
import { worstOf } from './anomaly.ts';

/** Who made the scores of the world. */
const DETECTOR = 'latency';
const CART_POD = 'cart-5f6585d649-fnmft';
let served: TestServer | undefined;
afterEach(() => served?.server.close());

const directory: ServiceDirectory = {
  find: (name) =>
    name === 'cart'
      ? [
          { namespace: 'shop', pods: [CART_POD] },
          { namespace: 'staging', pods: ['cart-0'] },
        ]
      : name === 'empty'
        ? [{ namespace: 'shop', pods: [] }]
        : [],
};

/** `detector` is what the world's tracks are called by, so that its verdict counts. */
async function serveLive(
  states: readonly DetectorState[] = [],
  services = directory,
  detector = DETECTOR,
): Promise<TestServer> {
  const selecting = () => states.map((state) => ({ detector, state }));
  served = await serveWorld({ ...createLiveWorld(), services, detectorStates: { selecting } });
  return served;
}

describe('a service', () => {
  it("has its worst pod's newest score with its sign, and the state of its detectors", async () => {
    const { world, get } = await serveLive(['Active', 'AwaitingMetrics', 'Pending']);
    world.scoreAt = (labels) => (labels === LABELS.cartLatency ? -4.25 : 9);
    const reply = await get('anomaly', { namespace: 'shop' }, { serviceName: 'cart' });
    expect(reply).toEqual({ status: 'AwaitingMetrics', latestScore: -4.25 });
  });

  it('with declared detectors has the score of these alone', async () => {
    const { world, get } = await serveLive(['Active'], directory, 'shop/another');
    world.scoreAt = () => 9;
    expect(await get('anomaly', { namespace: 'shop' }, { serviceName: 'cart' })).toEqual({
      status: 'Active',
      latestScore: 0,
    });
  });

  it.each([
    ['without a detector is quiet about what the guards held back', [], 0],
    ['with a declared one has its score all the same', ['Active'] as const, -100],
  ])('%s', async (_, states, latestScore) => {
    const { world, get } = await serveLive(states);
    world.scoreAt = () => -100;
    world.flagsAt = () => FLAG.beyondThreshold | FLAG.failedDirection;
    const reply = await get('anomaly', { namespace: 'shop' }, { serviceName: 'cart' });
    expect(reply).toEqual({ status: 'Active', latestScore });
  });

  it('passes over newest points that have no score yet', async () => {
    const { world, get } = await serveLive();
    world.scoreAt = (_, timeMs) => (timeMs > world.state.nowMs - 120_000 ? Number.NaN : 2.6);
    const reply = await get('anomaly', { namespace: 'shop' }, { serviceName: 'cart' });
    expect(reply).toEqual({ status: 'Active', latestScore: 2.6 });
  });

  it.each([
    ['no pod', 'shop', 'empty'],
    ['pods without a series', 'staging', 'cart'],
  ])('with %s has the score 0 and awaits metrics', async (_, namespace, serviceName) => {
    const { get } = await serveLive();
    expect(await get('anomaly', { namespace }, { serviceName })).toEqual({ status: 'AwaitingMetrics', latestScore: 0 });
  });

  it('in several namespaces is refused with a list of them', async () => {
    const { server } = await serveLive();
    const response = await server.inject({ url: '/api/anomaly/cart' });
    expect(response.statusCode).toBe(409);
    expect(ErrorSchema.strict().parse(response.json())).toEqual({
      code: 'conflict',
      message: 'several namespaces have a service "cart": shop, staging; say which with ?namespace=',
      choices: ['shop', 'staging'],
    });
  });

  it('in another namespace is refused with where there is one', async () => {
    const { refused } = await serveLive();
    const refusal = await refused('/api/anomaly/cart?namespace=prod');
    expect(refusal).toMatchObject({ status: 404, message: expect.stringContaining('shop, staging') });
  });

  it.each([
    ['/api/anomaly/card', 404, 'did you mean "cart"?'],
    ['/api/anomaly/%2e%2e%2fsecret', 404, 'kubectl get services -A'],
    ['/api/anomaly/cart?namspace=shop', 400, 'did you mean "namespace"?'],
    ['/api/anomaly/', 400, 'params: serviceName:'],
  ])('asked for as %s is refused with a hint', async (url, status, hint) => {
    const { refused } = await serveLive();
    expect(await refused(url)).toMatchObject({ status, message: expect.stringContaining(hint) });
  });
});

describe('a service of a cluster of which nobody has told yet', () => {
  it('is one of the inventory, with its score', async () => {
    served = await serveWorld({ ...createLiveWorld(), services: { find: () => undefined } });
    const { world } = served;
    world.scoreAt = () => 4.5;
    expect(await served.get('anomaly', {}, { serviceName: 'cart' })).toEqual({ status: 'Active', latestScore: 4.5 });
    expect(await served.refused('/api/anomaly/card')).toMatchObject({ status: 404 });
  });
});

describe('a service on a tape', () => {
  it('is one of the inventory, and active when it has a score', async () => {
    served = await serveWorld();
    expect(await served.get('anomaly', {}, { serviceName: 'cart' })).toEqual({ status: 'Active', latestScore: 0.5 });
  });

  it('has the score 0 before the first', async () => {
    const world = createWorld();
    world.state = { ...world.state, nowMs: FROM - 1 };
    served = await serveWorld({ world });
    expect(await served.get('anomaly', {}, { serviceName: 'cart' })).toEqual({
      status: 'AwaitingMetrics',
      latestScore: 0,
    });
  });
});

it('takes the worst of states: Error, AwaitingMetrics, NoPodsFound, Pending, Active', () => {
  const order: DetectorState[] = ['Error', 'AwaitingMetrics', 'NoPodsFound', 'Pending', 'Active'];
  for (const [at, state] of order.entries()) expect(worstOf(order.slice(at).reverse())).toBe(state);
  expect(worstOf([])).toBeUndefined();
});
