// The operator's end against the keeper's own door, over real gRPC on loopback: the keeper goes away and comes back, and
// what was appended is there once and in order.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeeperServer, type KeeperServer } from '#api/grpc/keeper.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog, type Log } from '#kit/log.ts';
import { makeBatch, makeFinding, T0 } from '../../../test/conformance/store-fixtures.ts';
import type { AppendBatch, Appender, AppendResult, Position, Store } from '../contract.ts';
import { createKeeperClient, type KeeperClient, type KeeperClientOptions } from './client.ts';
import { REPORT_BYTES } from './contract.ts';
import { SPOOL_FILE } from './spool.ts';

const log = createLog('silent');
const endings: (() => unknown)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-keeper-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Pauses last as long as others need. */
const hasty: Clock = { ...systemClock, sleep: async () => void (await turn()) };

interface Memory extends Appender, Pick<Store, 'info' | 'findings'> {
  readonly kept: AppendBatch[];
  epoch: number;
  refusal: AppError | undefined;
  at: Position | undefined;
  append(batch: AppendBatch): Promise<AppendResult>;
  keys(): string[];
}

/** What the keeper has, as a store would have it. */
function createMemory(): Memory {
  const kept: AppendBatch[] = [];
  const memory: Memory = {
    kept,
    epoch: 0,
    refusal: undefined,
    at: undefined,
    keys: () => kept.map(({ key }) => key),
    async append(batch: AppendBatch) {
      if (memory.refusal !== undefined) throw memory.refusal;
      if (batch.epoch < memory.epoch) throw new AppError('stale-epoch', `epoch ${memory.epoch} has taken over`);
      memory.epoch = batch.epoch;
      if (memory.keys().includes(batch.key)) return { outcome: 'duplicate' };
      kept.push(batch);
      memory.at = { ...batch.position, seenMs: Math.max(memory.at?.seenMs ?? 0, batch.position.seenMs) };
      return { outcome: 'stored' };
    },
    position: async () => memory.at,
    findings: async () => ({ findings: [], total: 0, facets: { entity: [], metric: [], state: [] } }),
    info: async () => ({
      path: '',
      sizeBytes: 0,
      schemaVersion: 1,
      epoch: memory.epoch,
      tracks: 0,
      scores: 0,
      findings: 0,
    }),
  };
  return memory;
}

async function serve(store: Memory, port = 0): Promise<{ server: KeeperServer; port: number }> {
  const server = createKeeperServer({ store, onReport: () => {}, clock: systemClock, log });
  endings.push(() => server.close(0));
  return { server, ...(await server.listen({ host: '127.0.0.1', port })) };
}

async function connect(port: number, options: Partial<KeeperClientOptions> = {}): Promise<KeeperClient> {
  const client = await createKeeperClient({
    ...{ address: `http://127.0.0.1:${port}`, spoolFolder: folder, maxSpoolBytes: 1_000_000 },
    ...{ clock: hasty, random: () => 0.5, log, ...options },
  });
  endings.push(() => client.close());
  return client;
}

const FACTS = {
  ...{ state: 'live', progress: null, message: null, newestMs: T0, samplesPerSecond: 1, droppedSamples: 0 },
  live: { cluster: 'c', prometheus: 'http://p', series: 1, stepMs: 60_000, troubles: [] },
  ...{ detectors: [], services: [] },
};

async function until(seen: () => boolean): Promise<void> {
  while (!seen()) await turn();
}

/** Asked again until the connection is there. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await turn();
    }
  }
}

const batch = (number: number, epoch = 1) =>
  makeBatch(`k${number}`, {
    epoch,
    points: [{ track: 0, timeMs: T0 + number }],
    position: { seenMs: T0 + number, stream: 's' },
  });

describe('the keeper is there', () => {
  test('an append is what the store gets, and a second time a duplicate', async () => {
    const memory = createMemory();
    const client = await connect((await serve(memory)).port);
    const given = makeBatch('k', { points: [{ track: 0, timeMs: T0 }], findings: [makeFinding('f')] });
    expect(await client.append(given)).toEqual({ outcome: 'stored' });
    expect(memory.kept).toEqual([given]);
    expect(await client.append(given)).toEqual({ outcome: 'duplicate' });
    expect(client.stats()).toMatchObject({ trouble: undefined, spoolRecords: 0 });
  });

  test('the position is the store’s, undefined when it is empty', async () => {
    const memory = createMemory();
    const client = await connect((await serve(memory)).port);
    expect(await client.position()).toBeUndefined();
    await client.append(batch(7));
    expect(await client.position()).toEqual({ seenMs: T0 + 7, stream: 's' });
    expect(client.stats().keeperEpoch).toBe(1);
  });

  test('a batch larger than a message arrives in pieces', async () => {
    const memory = createMemory();
    const client = await connect((await serve(memory)).port, { pieceBytes: 1000 });
    const points = Array.from({ length: 100 }, (_, index) => ({ track: 0, timeMs: T0 + index }));
    await client.append({ ...makeBatch('k', { points }), position: { seenMs: T0, stream: 's' } });
    expect(memory.kept.length).toBeGreaterThan(5);
    expect(memory.kept.flatMap(({ scores }) => [...scores.timesMs])).toEqual(points.map(({ timeMs }) => timeMs));
    expect(memory.at).toEqual({ seenMs: T0, stream: 's' });
  });

  test('a writer that was replaced hears it, and is not heard again', async () => {
    const memory = createMemory();
    const client = await connect((await serve(memory)).port);
    memory.epoch = 2;
    await expect(client.append(batch(1))).rejects.toMatchObject({ code: 'stale-epoch' });
    await expect(client.append(batch(2))).rejects.toMatchObject({ code: 'stale-epoch' });
    expect(await client.append(batch(3, 2))).toEqual({ outcome: 'stored' });
    expect(memory.keys()).toEqual(['k3']);
  });

  test('what the store refuses for good is the caller’s', async () => {
    const memory = createMemory();
    const client = await connect((await serve(memory)).port);
    memory.refusal = new AppError('other-stream', 'it holds another stream');
    await expect(client.append(batch(1))).rejects.toMatchObject({
      code: 'other-stream',
      message: 'it holds another stream',
    });
    expect(client.stats().spoolRecords).toBe(0);
  });
});

describe('the keeper is away', () => {
  test('appends are kept, and delivered once and in order when it is back, before what is newer', async () => {
    const memory = createMemory();
    const first = await serve(memory);
    const client = await connect(first.port);
    await client.append(batch(1));
    await first.server.close(0);
    for (const number of [2, 3, 4]) expect(await client.append(batch(number))).toEqual({ outcome: 'stored' });
    expect(client.stats()).toMatchObject({ spoolRecords: 3, trouble: { message: expect.stringContaining('keeper') } });
    await expect(client.position()).rejects.toMatchObject({ code: 'unavailable' });
    await serve(memory, first.port);
    await client.append(batch(5));
    await client.drained();
    expect(memory.keys()).toEqual(['k1', 'k2', 'k3', 'k4', 'k5']);
    expect(client.stats()).toMatchObject({ spoolRecords: 0, delivered: 4, trouble: undefined });
  });

  test('what was kept survives the writer’s end, and what came twice is there once', async () => {
    const memory = createMemory();
    const first = await serve(memory);
    await first.server.close(0);
    const killed = await connect(first.port);
    for (const number of [1, 2, 3]) await killed.append(batch(number));
    // The first arrived before the writer was killed, and its spool still has it.
    await memory.append(batch(1));
    await killed.close();
    await serve(memory, first.port);
    const next = await connect(first.port);
    await next.append(batch(4));
    await next.drained();
    expect(memory.keys()).toEqual(['k1', 'k2', 'k3', 'k4']);
  });

  test('a full spool is said to the caller, and what it has is delivered', async () => {
    const memory = createMemory();
    const first = await serve(memory);
    await first.server.close(0);
    const client = await connect(first.port, { maxSpoolBytes: 900 });
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    const taken: number[] = [];
    for (const number of numbers) {
      const refused = await client.append(batch(number)).then(
        () => undefined,
        (error: AppError) => error.code,
      );
      if (refused === undefined) taken.push(number);
      else expect(refused).toBe('disk-full');
    }
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThan(numbers.length);
    await serve(memory, first.port);
    await client.drained();
    expect(memory.keys()).toEqual(taken.map((number) => `k${number}`));
    await client.append(batch(9));
    expect(memory.keys().at(-1)).toBe('k9');
  });

  test('when somebody has taken over meanwhile, the spool of the old writer is emptied', async () => {
    const memory = createMemory();
    const first = await serve(memory);
    await first.server.close(0);
    const client = await connect(first.port);
    await client.append(batch(1, 1));
    await client.append(batch(2, 1));
    await client.append(batch(3, 3));
    memory.epoch = 2;
    await serve(memory, first.port);
    await client.drained();
    expect(memory.keys()).toEqual(['k3']);
    expect(client.stats()).toMatchObject({ stale: 2, delivered: 1, spoolRecords: 0 });
    await expect(client.append(batch(4, 1))).rejects.toMatchObject({ code: 'stale-epoch' });
  });

  test('a spooled batch that is wrong holds up nothing behind it', async () => {
    const memory = createMemory();
    const first = await serve(memory);
    await first.server.close(0);
    const client = await connect(first.port);
    await client.append(batch(1));
    await client.append(batch(2));
    const append = memory.append.bind(memory);
    memory.append = async (given) => {
      if (given.key === 'k1') throw new AppError('bad-input', 'it is wrong');
      return append(given);
    };
    await serve(memory, first.port);
    await client.drained();
    expect(memory.keys()).toEqual(['k2']);
    expect(client.stats()).toMatchObject({ refused: 1 });
  });

  test('a keeper whose disk is full is waited for like one that is away', async () => {
    const memory = createMemory();
    const client = await connect((await serve(memory)).port);
    memory.refusal = new AppError('disk-full', 'the store is full');
    await client.append(batch(1));
    expect(client.stats().spoolRecords).toBe(1);
    // It answers, and takes nothing all the same.
    await client.report(1, FACTS);
    const { trouble } = client.stats();
    expect(trouble).toMatchObject({ code: 'disk-full', message: 'the store is full' });
    // Nor does it help that it does not know why.
    memory.refusal = new AppError('store-newer', 'the store is of a newer release');
    await until(() => client.stats().trouble?.code === 'store-newer');
    expect(client.stats().trouble?.sinceMs).toBe(trouble?.sinceMs);
    memory.refusal = undefined;
    await client.drained();
    expect(memory.keys()).toEqual(['k1']);
    expect(client.stats()).toMatchObject({ trouble: undefined, appendedMs: expect.any(Number) });
  });

  test('a report that is too large is no trouble of the keeper', async () => {
    const client = await connect((await serve(createMemory())).port);
    await expect(client.report(1, 'x'.repeat(REPORT_BYTES))).rejects.toMatchObject({ code: 'too-much' });
    expect(client.stats().trouble).toBeUndefined();
  });

  test('what the spool lost is said, and nothing newer is stored before the writer goes on from the keeper’s position', async () => {
    const memory = createMemory();
    const first = await serve(memory);
    const errors: unknown[] = [];
    const spying = { ...log, error: (fields: unknown) => void errors.push(fields) };
    const client = await connect(first.port, { log: spying as Log });
    await client.append(batch(1));
    await first.server.close(0);
    for (const number of [2, 3]) await client.append(batch(number));
    await writeFile(join(folder, SPOOL_FILE), Buffer.alloc(20, 1));
    await serve(memory, first.port);
    await client.drained();
    expect(memory.keys()).toEqual(['k1']);
    const lost = { code: 'store-corrupt' };
    await expect(client.append(batch(4))).rejects.toMatchObject(lost);
    expect(errors).toMatchObject([{ err: lost }]);
    expect(await answered(() => client.position())).toEqual({ seenMs: T0 + 1, stream: 's' });
    for (const number of [2, 3, 4]) await client.append(batch(number));
    expect(memory.keys()).toEqual(['k1', 'k2', 'k3', 'k4']);
  });

  test('without a spool the append rejects', async () => {
    const { server, port } = await serve(createMemory());
    await server.close(0);
    const address = `http://127.0.0.1:${port}`;
    const client = await createKeeperClient({ address, maxSpoolBytes: 0, clock: hasty, random: () => 0.5, log });
    endings.push(() => client.close());
    await expect(client.append(batch(1))).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });
});

describe('an address', () => {
  test.each([
    ['keeper:8443', 'https://name:port is expected'],
    ['https://keeper', 'https://name:port is expected'],
    ['http://keeper:8443', 'https:// is expected'],
    ['https://keeper:8443', 'without a certificate'],
  ])('%s is refused: %s', async (address, sentence) => {
    const opening = createKeeperClient({ address, maxSpoolBytes: 0, clock: hasty, random: () => 0.5, log });
    await expect(opening).rejects.toThrow(sentence);
  });
});

test('a wall clock that was set since the start ends no call', async () => {
  const store = createMemory();
  const { port } = await serve(store);
  const client = await connect(port);
  const nowMs = Date.now;
  endings.push(() => {
    Date.now = nowMs;
  });
  Date.now = () => nowMs() + 60_000;
  await client.append(makeBatch('a'));
  expect(store.keys()).toEqual(['a']);
  expect(client.stats()).toMatchObject({ trouble: undefined, spoolRecords: 0 });
});

test('what is for another cluster’s keeper is left out of the spool, counted, and holds up nothing', async () => {
  const store = createMemory();
  const { server, port } = await serve(store);
  const client = await connect(port);
  await server.close(0);
  for (const key of ['a', 'b']) await client.append(makeBatch(key));
  store.refusal = new AppError('other-stream', 'this store is of another cluster');
  await serve(store, port);
  await client.drained();
  expect(client.stats()).toMatchObject({ refused: 2, spoolRecords: 0 });
});
