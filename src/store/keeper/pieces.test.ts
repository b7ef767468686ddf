// A batch that is larger than a message, into the real store over real gRPC, with an end between any two of its pieces: what
// is there in the end is what was given, each point once, and the position never runs ahead of it.
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeeperServer } from '#api/grpc/keeper.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { ALL_TIME, MINUTE, makeBatch, makeFinding, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import type { AppendBatch, Store } from '../contract.ts';
import { openEmbeddedStore } from '../embedded/index.ts';
import { createKeeperClient, type KeeperClient } from './client.ts';
import { piecesOf } from './pieces.ts';

const log = createLog('silent');
const hasty: Clock = { ...systemClock, sleep: async () => void (await turn()) };
const PIECE_BYTES = 14_000;
const POSITION = { seenMs: T0 + 60 * MINUTE, stream: 'cluster:shop' };
const PODS = Array.from({ length: 12 }, (_, index) => `cart-${index}`);

/** An hour of these pods. As a process asks for it: what comes first is Prometheus' to say. */
function hourOf(pods: readonly string[]): AppendBatch {
  const points = Array.from({ length: 20 * pods.length }, (_, index) => {
    const track = index % pods.length;
    const minute = Math.floor(index / pods.length);
    return { track, timeMs: T0 + minute * MINUTE, value: minute, score: Number(pods[track]?.slice(5)) + minute / 100 };
  });
  const tracks = pods.map((pod) => podTrack(pod));
  return makeBatch('cluster:shop@tick', { tracks, points, position: POSITION, findings: [makeFinding('f')] });
}

let store: Store;
let endings: (() => unknown)[] = [];
beforeEach(async () => {
  const folder = makeFolder();
  const opened = await openEmbeddedStore({ folder: folder.path });
  store = opened;
  endings = [() => folder[Symbol.dispose](), () => opened.close()];
});
afterEach(async () => {
  for (const end of endings.reverse()) await end();
});

/** A keeper that is gone after so many pieces: they are stored, and the writer hears nothing more. */
async function serve(pieces = Number.POSITIVE_INFINITY, port = 0) {
  let left = pieces;
  const server = createKeeperServer({
    store: {
      info: () => store.info(),
      position: () => store.position(),
      findings: (query) => store.findings(query),
      append: async (batch) => {
        if (left-- <= 0) throw new AppError('unavailable', 'killed');
        return store.append(batch);
      },
    },
    ...{ onReport: () => {}, clock: systemClock, log },
  });
  endings.push(() => server.close(0));
  return (await server.listen({ host: '127.0.0.1', port })).port;
}

async function connect(port: number, spoolFolder?: string): Promise<KeeperClient> {
  const client = await createKeeperClient({
    ...{ address: `http://127.0.0.1:${port}`, maxSpoolBytes: 2 ** 20, clock: hasty, random: () => 0.5, log },
    ...{ pieceBytes: PIECE_BYTES, ...(spoolFolder === undefined ? {} : { spoolFolder }) },
  });
  endings.push(() => client.close());
  return client;
}

async function stored(): Promise<Record<string, number[]>> {
  const scores = await store.scores(
    PODS.map((pod) => podTrack(pod).key),
    ALL_TIME,
  );
  return Object.fromEntries(scores.map(({ track, scores: values }) => [track.labels.pod ?? '', [...values]]));
}

const wanted = Object.fromEntries(
  PODS.map((pod) => [pod, Array.from({ length: 20 }, (_, minute) => Number(pod.slice(5)) + minute / 100)]),
);

async function expectWhole(): Promise<void> {
  expect(await stored()).toEqual(wanted);
  // Each point is counted once, however often its piece came.
  expect((await store.info()).scores).toBe(20 * PODS.length);
  expect(await store.position()).toEqual(POSITION);
  expect((await store.findings({ limit: 10 })).total).toBe(1);
}

const PIECES = [...piecesOf(hourOf(PODS), PIECE_BYTES)].length;
const ENDS = Array.from({ length: PIECES - 1 }, (_, index) => index + 1);

describe.each(ENDS)('after %i pieces', (pieces) => {
  test('the writer’s end leaves no position, and the same batch completes it', async () => {
    const writer = await connect(await serve(pieces));
    await expect(writer.append(hourOf(PODS))).rejects.toMatchObject({ code: 'unavailable' });
    expect((await store.position())?.seenMs).toBeLessThanOrEqual(0);
    const next = await connect(await serve());
    expect(await next.append(hourOf(PODS))).toEqual({ outcome: 'stored' });
    await expectWhole();
    expect(await next.append(hourOf(PODS))).toEqual({ outcome: 'duplicate' });
    await expectWhole();
  });

  test('a batch of the same name that is cut otherwise lacks nothing', async () => {
    const writer = await connect(await serve(pieces));
    await expect(writer.append(hourOf(PODS))).rejects.toMatchObject({ code: 'unavailable' });
    const next = await connect(await serve());
    await next.append(hourOf(PODS.toReversed()));
    await expectWhole();
  });

  test('the keeper’s end leaves the rest to the spool, which completes it', async () => {
    using spool = makeFolder();
    const port = await serve(pieces);
    const writer = await connect(port, spool.path);
    expect(await writer.append(hourOf(PODS))).toEqual({ outcome: 'stored' });
    expect((await store.position())?.seenMs).toBeLessThanOrEqual(0);
    await writer.close();
    const next = await connect(await serve(), spool.path);
    await next.drained();
    await expectWhole();
  });
});
