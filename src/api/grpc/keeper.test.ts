// The keeper's door as a client sees it, over real gRPC on loopback; appends and spooling are tested with the client.
import { setImmediate as turn } from 'node:timers/promises';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { AppendBatch, FindingPage, FindingQuery } from '#store/contract.ts';
import {
  APPEND,
  CODE_TRAILER,
  OPEN_FINDINGS,
  POSITION,
  REPORT,
  readAppendReply,
  readOpenFindingsReply,
  readPositionReply,
  writeAppend,
  writeOpenFindings,
  writeReport,
} from '#store/keeper/contract.ts';
import { makeBatch, makeFinding, T0 } from '../../../test/conformance/store-fixtures.ts';
import { createKeeperServer } from './keeper.ts';
import type { KeeperFacts } from './keeper-facts.ts';

const log = createLog('silent');
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const INFO = { path: '', sizeBytes: 0, schemaVersion: 1, epoch: 3, tracks: 0, scores: 0, findings: 0 };
const asIs = (bytes: Uint8Array) => Buffer.from(bytes);

/** Two pages. */
const findings = async ({ open, limit, cursor }: FindingQuery): Promise<FindingPage> => ({
  findings: [makeFinding(`${open} ${limit} ${cursor}`)],
  ...{ total: 2, facets: { entity: [], metric: [], state: [] } },
  ...(cursor === undefined ? { next: 'more' } : {}),
});

async function until(seen: () => boolean): Promise<void> {
  while (!seen()) await turn();
}

async function open(
  append: (batch: AppendBatch) => Promise<{ outcome: 'stored' | 'duplicate' }>,
  info: () => Promise<typeof INFO> = async () => INFO,
) {
  const reports: KeeperFacts[] = [];
  const outcomes: string[] = [];
  const server = createKeeperServer({
    store: { append, info, position: async () => ({ seenMs: T0, stream: 's' }), findings },
    onReport: (facts) => reports.push(facts),
    onAppend: (outcome) => outcomes.push(outcome),
    ...{ clock: systemClock, log },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  endings.push(
    () => server.close(0),
    () => client.close(),
  );
  const call = (path: string, bytes: Uint8Array) =>
    new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(path, asIs, asIs, bytes, (error: ServiceError | null, answer?: Buffer) =>
        error === null ? resolve(answer ?? Buffer.alloc(0)) : reject(error),
      );
    });
  return { call, reports, outcomes };
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: ServiceError) => ({
      status: error.code,
      code: error.metadata.get(CODE_TRAILER)[0],
      message: error.details,
    }),
  );

const FACTS: KeeperFacts = {
  ...{ state: 'live', progress: null, message: null, newestMs: T0, samplesPerSecond: 1, droppedSamples: 0 },
  live: { cluster: 'c', prometheus: 'http://p', series: 1, stepMs: 60_000, troubles: [] },
  ...{ detectors: [], unscored: [], scrapeTargets: [] },
  leftOut: { detectors: 0, services: 0, scrapeTargets: 0 },
  services: [{ namespace: 'shop', name: 'cart', pods: ['cart-1'] }],
};

describe('Append', () => {
  test('is answered only when the store has answered', async () => {
    const stored = Promise.withResolvers<void>();
    const { call, outcomes } = await open(async () => {
      await stored.promise;
      return { outcome: 'duplicate' };
    });
    let answered = false;
    const answer = call(APPEND, writeAppend(makeBatch('k'))).finally(() => {
      answered = true;
    });
    // An answered call shows that the door was not merely slow.
    await call(POSITION, new Uint8Array(0));
    expect(answered).toBe(false);
    stored.resolve();
    expect(readAppendReply(await answer)).toEqual({ outcome: 'duplicate' });
    expect(outcomes).toEqual(['duplicate']);
  });

  test('of a stale epoch is FAILED_PRECONDITION, with its code and the store’s sentence', async () => {
    const { call, outcomes } = await open(async () => {
      throw new AppError('stale-epoch', 'epoch 3 has taken over');
    });
    expect(await refusal(call(APPEND, writeAppend(makeBatch('k'))))).toEqual({
      ...{ status: status.FAILED_PRECONDITION, code: 'stale-epoch', message: 'epoch 3 has taken over' },
    });
    expect(outcomes).toEqual(['refused']);
  });

  test('that is no message is INVALID_ARGUMENT', async () => {
    const { call } = await open(async () => ({ outcome: 'stored' }));
    const refused = await refusal(call(APPEND, Uint8Array.of(0x2a, 5, 0x12, 3, 1, 2, 3)));
    expect(refused).toMatchObject({ status: status.INVALID_ARGUMENT, code: 'bad-input' });
  });

  test('that fails without a reason tells nothing of the inside', async () => {
    const { call } = await open(async () => {
      throw new Error('secret');
    });
    const refused = await refusal(call(APPEND, writeAppend(makeBatch('k'))));
    expect(refused).toMatchObject({ status: status.INTERNAL, code: 'internal' });
    expect(refused?.message).not.toContain('secret');
  });
});

test('Position tells where the store is, and the highest epoch', async () => {
  const { call } = await open(async () => ({ outcome: 'stored' }));
  const reply = readPositionReply(await call(POSITION, new Uint8Array(0)));
  expect(reply).toEqual({ position: { seenMs: T0, stream: 's' }, epoch: 3 });
});

test('… that of one who has reported and not appended yet, too: below it nobody may report', async () => {
  const { call } = await open(async () => ({ outcome: 'stored' }));
  await call(REPORT, writeReport({ epoch: 6, facts: JSON.stringify(FACTS) }));
  expect(readPositionReply(await call(POSITION, new Uint8Array(0))).epoch).toBe(6);
});

test('OpenFindings gives pages of what is open, bounded, to nobody who was replaced', async () => {
  const { call } = await open(async () => ({ outcome: 'stored' }));
  const ask = async (epoch: number, limit: number, cursor?: string) =>
    readOpenFindingsReply(
      await call(OPEN_FINDINGS, writeOpenFindings({ epoch, limit, ...(cursor === undefined ? {} : { cursor }) })),
    );
  expect(await ask(3, 50)).toEqual({ findings: [makeFinding('true 50 undefined')], next: 'more' });
  expect(await ask(4, 1e6, 'more')).toEqual({ findings: [makeFinding('true 200 more')] });
  expect(await refusal(ask(2, 50))).toMatchObject({ code: 'stale-epoch' });
});

describe('Report', () => {
  const report = (epoch: number, facts: unknown) => writeReport({ epoch, facts: JSON.stringify(facts) });

  test('is kept when it is of the highest epoch or a higher one, and refused after that', async () => {
    const { call, reports } = await open(async () => ({ outcome: 'stored' }));
    await call(REPORT, report(3, FACTS));
    await call(REPORT, report(5, { ...FACTS, samplesPerSecond: 2 }));
    expect(await refusal(call(REPORT, report(4, FACTS)))).toMatchObject({ code: 'stale-epoch' });
    expect(reports.map(({ samplesPerSecond }) => samplesPerSecond)).toEqual([1, 2]);
  });

  test.each([
    ['that of the older', [0, 1]],
    ['that of the newer', [1, 0]],
  ])('of an older leader never replaces a newer, whichever is looked up first: %s', async (_, order) => {
    const asked = [Promise.withResolvers<typeof INFO>(), Promise.withResolvers<typeof INFO>()];
    let asking = 0;
    const { call, reports } = await open(
      async () => ({ outcome: 'stored' }),
      () => asked[asking++]?.promise ?? Promise.resolve(INFO),
    );
    const calls = [call(REPORT, report(5, { ...FACTS, message: 'old' }))];
    // On one connection calls come in the order in which they were made.
    calls.push(call(REPORT, report(6, { ...FACTS, message: 'new' })));
    const ended = Promise.allSettled(calls);
    await until(() => asking === 2);
    for (const at of order) asked[at]?.resolve(INFO);
    await ended;
    expect(reports.at(-1)?.message).toBe('new');
    expect(await refusal(call(REPORT, report(5, FACTS)))).toMatchObject({ code: 'stale-epoch' });
  });

  test('that is no report is refused with the path of what is wrong', async () => {
    const { call, reports } = await open(async () => ({ outcome: 'stored' }));
    const wrong = await refusal(call(REPORT, report(3, { ...FACTS, live: { ...FACTS.live, series: 'many' } })));
    expect(wrong).toMatchObject({ code: 'bad-input', message: expect.stringContaining('live.series') });
    expect(await refusal(call(REPORT, writeReport({ epoch: 3, facts: '{' })))).toMatchObject({ code: 'bad-input' });
    expect(reports).toEqual([]);
  });
});

test('it does not listen beyond loopback without certificates', async () => {
  const store = {
    append: async () => ({ outcome: 'stored' as const }),
    info: async () => INFO,
    position: async () => undefined,
    findings,
  };
  const server = createKeeperServer({ store, onReport: () => {}, clock: systemClock, log });
  endings.push(() => server.close(0));
  await expect(server.listen({ host: '0.0.0.0', port: 0 })).rejects.toThrow(/without knowing who calls/);
});
