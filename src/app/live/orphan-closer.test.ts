// What an earlier leader left open, closed by the next one through the keeper: real store, real gRPC.
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeeperServer } from '#api/grpc/keeper.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createLiveSink, type LiveSink } from '#pipeline/live-sink.ts';
import type { Store } from '#store/contract.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { createKeeperClient, type KeeperClient } from '#store/keeper/client.ts';
import { MINUTE, makeFinding, T0 } from '../../../test/conformance/store-fixtures.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import { signal as checking, quiet, START, STEP, setUp, windowPlan } from '../../../test/fixtures/windows.ts';
import { waitUntil } from '../../../test/parts/wait-until.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import { openIn, orphanCloser } from './orphan-closer.ts';

const log = createLog('silent');
const NOW = T0 + 60 * MINUTE;
const clock: Clock = { nowMs: () => NOW, sleep: async () => void (await turn()) };
let store: Store;
let port: number;
let endings: (() => unknown)[] = [];

async function serve(at = 0) {
  const server = createKeeperServer({ store, onReport: () => {}, clock: systemClock, log });
  endings.push(() => server.close(0));
  port = (await server.listen({ host: '127.0.0.1', port: at })).port;
  return server;
}

beforeEach(async () => {
  const folder = makeFolder();
  const opened = await openEmbeddedStore({ folder: folder.path });
  store = opened;
  endings = [() => folder[Symbol.dispose](), () => opened.close()];
});
afterEach(async () => {
  for (const end of endings.reverse()) await end();
});

async function lead(epoch: number, storedMs = T0): Promise<{ keeper: KeeperClient; sink: LiveSink }> {
  const keeper = await createKeeperClient({
    ...{ address: `http://127.0.0.1:${port}`, maxSpoolBytes: 2 ** 20, clock, random: () => 0.5, log },
  });
  endings.push(() => keeper.close());
  return { keeper, sink: createLiveSink(keeper, { epoch, stream: 'cluster:shop', run: String(epoch), storedMs }) };
}

const closerOf = ({ keeper, sink }: Awaited<ReturnType<typeof lead>>, epoch: number, signal: AbortSignal) =>
  orphanCloser({
    ...{ sink, clock, log, signal },
    open: (limit, cursor) => keeper.openFindings(epoch, Math.min(limit, 2), cursor),
  });

const left = ['a', 'b', 'c', 'd', 'e'].map((id) => makeFinding(id, { detector: 'shop/latency' }));
const openIds = async () => (await openIn(store)(100)).findings.map(({ id }) => id).sort();

test('what the next leader does not find again is closed, of that detector alone, and what it finds goes on', async () => {
  await serve();
  const first = await lead(1);
  await first.sink.writeFindings([...left, makeFinding('other', { detector: 'shop/errors' })], T0);
  const next = await lead(2, T0 + 20 * MINUTE);
  await next.sink.writeFindings(left.slice(1, 2), T0 + MINUTE);
  const close = closerOf(next, 2, new AbortController().signal);
  close('shop/latency', (detector) => detector === 'shop/latency');
  await waitUntil('the orphans to be closed', async () => (await openIds()).length === 2);
  expect(await openIds()).toEqual(['b', 'other']);
  // It ended when the last leader wrote for the last time, and not at its peak.
  const wroteMs = T0 + 20 * MINUTE;
  expect(await store.finding('a')).toMatchObject({ endMs: wroteMs, closedMs: NOW, closedSeenMs: NOW });
});

test('a keeper that is away is asked again until it answers', async () => {
  const before = await serve();
  const first = await lead(1);
  await first.sink.writeFindings(left, T0);
  const next = await lead(2);
  await before.close(0);
  closerOf(next, 2, new AbortController().signal)('shop/latency', () => true);
  await serve(port);
  await waitUntil('the orphans to be closed', async () => (await openIds()).length === 0);
});

test('who was replaced closes nothing', async () => {
  await serve();
  const first = await lead(1);
  await first.sink.writeFindings(left, T0);
  const third = await lead(3);
  await third.sink.writeFindings([makeFinding('own')], T0);
  await expect(first.keeper.openFindings(1, 10)).rejects.toMatchObject({ code: 'stale-epoch' });
  closerOf(first, 1, new AbortController().signal)('shop/latency', () => true);
  // Its answer is behind this one on the same connection.
  await expect(first.keeper.openFindings(1, 10)).rejects.toMatchObject({ code: 'stale-epoch' });
  expect(await openIds()).toEqual(['a', 'b', 'c', 'd', 'e', 'own']);
});

test('of a detector that is gone and comes again under its name, what is left open is closed once more', async () => {
  await serve();
  const { keeper, sink } = await lead(1);
  await sink.writeFindings(left.slice(0, 2), T0);
  const next = await lead(2);
  const { ofDetectors } = closerOf(next, 2, new AbortController().signal);
  ofDetectors.onFirstCheck('shop/latency');
  await waitUntil('the orphans to be closed', async () => (await openIds()).length === 0);
  const third = await lead(2);
  await third.sink.writeFindings(left.slice(2), T0);
  ofDetectors.onForgotten('shop/latency');
  ofDetectors.onFirstCheck('shop/latency');
  await waitUntil('those of the last one to be closed', async () => (await openIds()).length === 0);
  await keeper.close();
});

test('what is left of detectors that nobody checks any more is closed, and what is observed is not', async () => {
  await serve();
  const first = await lead(1);
  const named = ['shop/gone', 'shop/latency', 'observe-cpu'].map((detector) => makeFinding(detector, { detector }));
  await first.sink.writeFindings(named, T0);
  const close = closerOf(await lead(2), 2, new AbortController().signal);
  close.ofDetectors.onKnown((detector) => detector === 'shop/latency');
  await waitUntil('those of the one that is gone to be closed', async () => (await openIds()).length === 2);
  expect(await openIds()).toEqual(['observe-cpu', 'shop/latency']);
});

test('two detectors that are alike have each their own, also after a restart, and what had an id of before is closed', async () => {
  await serve();
  const old = await lead(1);
  await old.sink.writeFindings([makeFinding('acca8ac29269c25e', { detector: 'shop/a' })], T0);
  const twins = [windowPlan('a', ['cart-2']), windowPlan('b', ['cart-2'])];
  let keys = 0;
  const look = async (epoch: number) => {
    const { sink, keeper } = await lead(epoch);
    const world = setUp({ 'cart-2': (timeMs) => (timeMs >= START - 2 * STEP ? 50 : quiet(timeMs)) });
    await world.clock.advance(START);
    await world.check.check(twins, checking);
    const flush = async () => {
      for (const { rows, seenMs } of world.written.splice(0)) await sink.writeRows(rows, seenMs, `check ${keys++}`);
    };
    await flush();
    const { ofDetectors } = closerOf({ sink, keeper }, epoch, new AbortController().signal);
    for (const { plan } of twins) ofDetectors.onFirstCheck(plan.detector);
    await waitUntil('others to be closed', async () => (await openIds()).length === 2);
    return { world, flush };
  };
  await look(2);
  const ids = await openIds();
  const { world, flush } = await look(3);
  expect(await openIds()).toEqual(ids);
  world.check.forget('b');
  await settle();
  await flush();
  expect((await openIn(store)(100)).findings.map(({ detector }) => detector)).toEqual(['shop/a']);
  await world.check.stop();
});

test('what thousands look for is read a few times, and each has its own closed', async () => {
  const steady = new FakeClock();
  const names = Array.from({ length: 1000 }, (_, index) => `shop/${index}`);
  const open = new Map(names.map((detector) => [detector, makeFinding(`of ${detector}`, { detector })]));
  let reads = 0;
  const close = orphanCloser({
    ...{ clock: steady, log, signal: new AbortController().signal },
    async open() {
      reads++;
      return { findings: [...open.values()] };
    },
    sink: {
      isOpen: () => false,
      storedMs: T0,
      writeFindings: async (closed) => {
        for (const { detector } of closed) open.delete(detector);
      },
    },
  });
  for (const name of names) {
    close(name, (detector) => detector === name);
    await steady.advance(10);
  }
  await steady.advance(5000);
  expect(open.size).toBe(0);
  expect(reads).toBeLessThanOrEqual(4);
});
