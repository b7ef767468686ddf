// Where a term begins, with the keeper's own door and the spool on disk.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeeperServer, type KeeperServer } from '#api/grpc/keeper.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { EmbeddedStore } from '#store/embedded/embedded-store.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { makeBatch, T0 } from '../../test/conformance/store-fixtures.ts';
import { createEpochFloor } from './live/epoch-floor.ts';
import { startOfTerm } from './term-start.ts';

const log = createLog('silent');
const hasty: Clock = { ...systemClock, sleep: async () => void (await turn()) };
const HOUR = 3_600_000;
const endings: (() => unknown)[] = [];
let folder: string;
let store: EmbeddedStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-term-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  store = await openEmbeddedStore({ folder: join(folder, 'store') });
  endings.push(() => store.close());
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function serve(port = 0): Promise<{ server: KeeperServer; port: number }> {
  const server = createKeeperServer({ store, onReport: () => {}, clock: systemClock, log });
  endings.push(() => server.close(0));
  return { server, ...(await server.listen({ host: '127.0.0.1', port })) };
}

async function connect(port: number) {
  const keeper = await createKeeperClient({
    ...{ address: `http://127.0.0.1:${port}`, spoolFolder: join(folder, 'spool'), maxSpoolBytes: 1_000_000 },
    ...{ clock: hasty, random: () => 0.5, log },
  });
  endings.push(() => keeper.close());
  return keeper;
}

const batch = (epoch: number, hour: number) =>
  makeBatch(`${epoch} ${hour}`, { epoch, position: { stream: 's', seenMs: T0 + hour * HOUR } });

test('what was spooled by a writer that was replaced meanwhile is no position to go on from', async () => {
  const { server, port } = await serve();
  await server.close(0);
  const keeper = await connect(port);
  for (const hour of [12.5, 13]) await keeper.append(batch(5, hour));
  // Another one led meanwhile and is gone; this one leads again while it is still cut off.
  await store.append(batch(6, 12));
  const starting = startOfTerm(7, new AbortController().signal, { keeper, floor: createEpochFloor('n'), log });
  await serve(port);
  expect(await starting).toEqual({ position: { stream: 's', seenMs: T0 + 12 * HOUR } });
  expect(keeper.stats()).toMatchObject({ stale: 2, spoolRecords: 0 });
});

test('what was spooled and is taken is a position to go on from', async () => {
  const { server, port } = await serve();
  await store.append(batch(4, 11));
  await server.close(0);
  const keeper = await connect(port);
  await keeper.append(batch(5, 13));
  await serve(port);
  const start = await startOfTerm(5, new AbortController().signal, { keeper, floor: createEpochFloor('n'), log });
  expect(start).toEqual({ position: { stream: 's', seenMs: T0 + 13 * HOUR } });
});

test('a term whose lease counts anew does not begin, and its next is above what has written', async () => {
  const { server, port } = await serve();
  await server.close(0);
  const keeper = await connect(port);
  await keeper.append(batch(1, 13));
  await store.append(batch(6, 12));
  await serve(port);
  const floor = createEpochFloor('watch');
  expect(await startOfTerm(1, new AbortController().signal, { keeper, floor, log })).toBeUndefined();
  expect(floor.least).toBe(7);
});

test('a term that ends while it waits for the keeper waits no longer', async () => {
  const { server, port } = await serve();
  await server.close(0);
  const keeper = await connect(port);
  await keeper.append(batch(1, 13));
  const ending = new AbortController();
  const starting = startOfTerm(1, ending.signal, { keeper, floor: createEpochFloor('n'), log });
  ending.abort();
  expect(await starting).toBeUndefined();
});
