// What every store must do. `describeStore` is called with a way to open one; opening again after `close` finds what was
// stored. The parts: writing and scores here, findings in store-findings.ts, everything at once against a model in
// store-properties.ts.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '#store/contract.ts';
import { describeFindings } from './store-findings.ts';
import { ALL_TIME, BEYOND, MINUTE, makeBatch, makeFinding, makeTrack, OPEN, podTrack, T0 } from './store-fixtures.ts';
import { describeProperties } from './store-properties.ts';

export interface StoreUnderTest {
  /** Opens the store of this test; once more after `close`. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

export type MakeStore = () => Promise<StoreUnderTest>;

export function describeStore(name: string, make: MakeStore): void {
  describe(name, () => {
    const current = useStore(make);
    describe('appending', () => describeAppend(current));
    describe('scores', () => describeScores(current));
    describe('roll-ups, spans and edges', () => describeOthers(current));
    describe('retention', () => describeRetention(current));
    describe('findings', () => describeFindings(current));
    describe('properties', () => describeProperties(current));
  });
}

/** The store of the running test, and a way to close and open it again. */
export interface CurrentStore {
  store: Store;
  reopen(): Promise<void>;
}

function useStore(make: MakeStore): CurrentStore {
  let under: StoreUnderTest;
  const current = {} as CurrentStore;
  beforeEach(async () => {
    under = await make();
    current.store = await under.open();
    current.reopen = async () => {
      await current.store.close();
      current.store = await under.open();
    };
  });
  afterEach(async () => {
    await current.store.close();
    await under.remove();
  });
  return current;
}

const CART = podTrack('cart-1');

function describeAppend(current: CurrentStore): void {
  test('an empty store has no position, no tracks and epoch 0', async () => {
    const { store } = current;
    expect(await store.position()).toBeUndefined();
    expect(await store.tracks()).toEqual([]);
    expect(await store.info()).toMatchObject({ epoch: 0, tracks: 0, scores: 0, findings: 0 });
    expect(await store.findings({ limit: 10 })).toMatchObject({ findings: [], total: 0 });
  });

  test('what was acknowledged is there after closing and opening', async () => {
    const batch = makeBatch('a', {
      points: [{ track: 0, timeMs: T0, value: 4 }],
      findings: [makeFinding('f')],
      position: { seenMs: T0 + 5, stream: 'tape-a' },
    });
    expect(await current.store.append(batch)).toEqual({ outcome: 'stored' });
    await current.reopen();
    expect(await current.store.position()).toEqual({ seenMs: T0 + 5, stream: 'tape-a' });
    expect(await current.store.tracks()).toEqual([CART]);
    expect((await current.store.scores([CART.key], ALL_TIME))[0]?.values).toEqual(Float64Array.of(4));
    expect(await current.store.finding('f')).toEqual(makeFinding('f'));
  });

  test('a batch with a key that is stored is acknowledged and changes nothing, also after opening again', async () => {
    await current.store.append(makeBatch('a', { points: [{ track: 0, timeMs: T0, value: 4 }] }));
    const again = makeBatch('a', {
      points: [{ track: 0, timeMs: T0, value: 5 }],
      position: { seenMs: T0 + 9, stream: 'tape-a' },
    });
    expect(await current.store.append(again)).toEqual({ outcome: 'duplicate' });
    await current.reopen();
    expect(await current.store.append(again)).toEqual({ outcome: 'duplicate' });
    expect((await current.store.scores([CART.key], ALL_TIME))[0]?.values).toEqual(Float64Array.of(4));
    expect(await current.store.position()).toEqual({ seenMs: T0, stream: 'tape-a' });
  });

  test('the position never goes back', async () => {
    await current.store.append(makeBatch('b', { position: { seenMs: T0 + 9, stream: 'tape-a' } }));
    await current.store.append(makeBatch('a', { position: { seenMs: T0, stream: 'tape-a' } }));
    expect(await current.store.position()).toEqual({ seenMs: T0 + 9, stream: 'tape-a' });
  });

  test('a writer of a lower epoch is refused, and what it sent is not stored', async () => {
    const mine = await current.store.nextEpoch();
    const newer = await current.store.nextEpoch();
    expect(newer).toBe(mine + 1);
    await expect(current.store.append(makeBatch('a', { epoch: mine }))).rejects.toMatchObject({ code: 'stale-epoch' });
    await current.store.append(makeBatch('b', { epoch: newer + 3 }));
    await expect(current.store.append(makeBatch('c', { epoch: newer }))).rejects.toMatchObject({ code: 'stale-epoch' });
    // Not even a batch that is stored already is acknowledged to a writer that must stop.
    await expect(current.store.append(makeBatch('b', { epoch: newer }))).rejects.toMatchObject({ code: 'stale-epoch' });
    await current.reopen();
    expect((await current.store.info()).epoch).toBe(newer + 3);
    expect(await current.store.nextEpoch()).toBe(newer + 4);
  });

  test('another stream is refused with what to do, and the first one goes on', async () => {
    await current.store.append(makeBatch('a'));
    const other = makeBatch('b', { position: { seenMs: T0, stream: 'tape-b' } });
    await expect(current.store.append(other)).rejects.toMatchObject({
      code: 'other-stream',
      message: expect.stringContaining('--fresh'),
    });
    expect(await current.store.append(makeBatch('c'))).toEqual({ outcome: 'stored' });
  });

  test('a malformed batch is refused with its reason and changes nothing', async () => {
    const good = makeBatch('a', { points: [{ track: 0, timeMs: T0 }] });
    const bad = [
      { ...good, scores: { ...good.scores, values: new Float64Array(2) } },
      makeBatch('a', { points: [{ track: 1, timeMs: T0 }] }),
      makeBatch('a', { points: [{ track: 0, timeMs: Number.NaN }] }),
      makeBatch('a', { position: { seenMs: Number.NaN, stream: 'tape-a' } }),
      makeBatch('a', { findings: [makeFinding('f', { startMs: Number.NaN })] }),
      makeBatch('a', { points: [{ track: 0, timeMs: -1e300 }] }),
      makeBatch('a', { position: { seenMs: 1e300, stream: 'tape-a' } }),
      makeBatch('a', { epoch: 1.5 }),
    ];
    for (const batch of bad) {
      await expect(current.store.append(batch)).rejects.toMatchObject({ code: 'bad-input' });
    }
    expect(await current.store.append(good)).toEqual({ outcome: 'stored' });
    expect((await current.store.info()).scores).toBe(1);
  });

  test('many appends at once are all stored, each as it was, and refused ones do not harm the others', async () => {
    const track = podTrack('cart-1');
    await current.store.append(makeBatch('first', { epoch: 2 }));
    const sent = Array.from({ length: 200 }, (_, index) =>
      current.store
        .append(
          makeBatch(`b${index}`, {
            epoch: index % 10 === 3 ? 1 : 2,
            tracks: [track],
            points: [{ track: 0, timeMs: T0 + index * MINUTE, value: index }],
          }),
        )
        .then(({ outcome }) => outcome)
        .catch((error: { code: string }) => error.code),
    );
    const outcomes = await Promise.all(sent);
    expect(outcomes).toEqual(outcomes.map((_, index) => (index % 10 === 3 ? 'stale-epoch' : 'stored')));
    const [scores] = await current.store.scores([track.key], ALL_TIME);
    expect([...(scores?.values ?? [])]).toEqual([...Array(200).keys()].filter((index) => index % 10 !== 3));
  });

  test('the caller may use its arrays again as soon as append has returned', async () => {
    const tracks = Array.from({ length: 3000 }, (_, index) => podTrack(`pod-${index}`));
    const batch = makeBatch('a', { tracks, points: [{ track: 0, timeMs: T0, value: 1 }] });
    const first = current.store.append(batch);
    batch.scores.values.fill(2);
    const second = current.store.append({ ...batch, key: 'b', tracks: [podTrack('other-1')] });
    batch.scores.values.fill(3);
    await Promise.all([first, second]);
    const scores = await current.store.scores([podTrack('pod-0').key, podTrack('other-1').key], ALL_TIME);
    expect(scores.map((one) => one.values[0])).toEqual([1, 2]);
  });

  test('columns that are views of a larger buffer are stored as they look', async () => {
    const large = Float64Array.from({ length: 100 }, (_, index) => index);
    const batch = makeBatch('a', {
      points: [
        { track: 0, timeMs: T0 },
        { track: 0, timeMs: T0 + 1 },
      ],
    });
    await current.store.append({ ...batch, scores: { ...batch.scores, values: large.subarray(40, 42) } });
    expect((await current.store.scores([CART.key], ALL_TIME))[0]?.values).toEqual(Float64Array.of(40, 41));
  });

  test('clear removes everything but the epoch', async () => {
    const epoch = await current.store.nextEpoch();
    await current.store.append(
      makeBatch('a', {
        epoch,
        points: [{ track: 0, timeMs: T0 }],
        findings: [makeFinding('f')],
        edges: [{ type: 'calls', from: 'a', to: 'b' }],
      }),
    );
    await current.store.clear();
    expect(await current.store.position()).toBeUndefined();
    expect(await current.store.info()).toMatchObject({ epoch, tracks: 0, scores: 0, findings: 0 });
    expect(await current.store.edges()).toEqual([]);
    expect(await current.store.rollUps(ALL_TIME, MINUTE)).toEqual([]);
    const other = makeBatch('a', {
      epoch,
      points: [{ track: 0, timeMs: T0 }],
      position: { seenMs: T0, stream: 'tape-b' },
    });
    expect(await current.store.append(other)).toEqual({ outcome: 'stored' });
    expect((await current.store.info()).scores).toBe(1);
  });

  test('close can be called twice; afterwards calls are refused', async () => {
    const appended = current.store.append(makeBatch('a'));
    await Promise.all([current.store.close(), current.store.close()]);
    expect(await appended).toEqual({ outcome: 'stored' });
    await expect(current.store.append(makeBatch('b'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(current.store.position()).rejects.toMatchObject({ code: 'unavailable' });
  });
}

function describeScores(current: CurrentStore): void {
  test('numbers come back to the last bit, NaN included', async () => {
    const points = [Number.NaN, -0, 0.1 + 0.2, 5e-324, Number.NEGATIVE_INFINITY].map((value, index) => ({
      track: 0,
      timeMs: T0 + index * MINUTE + 0.25 * index,
      value,
      score: value,
      expected: -value,
      flags: 128 >> index,
    }));
    const batch = makeBatch('a', { points });
    await current.store.append(batch);
    const [scores] = await current.store.scores([CART.key], ALL_TIME);
    for (const column of ['timesMs', 'values', 'scores', 'expected', 'lower', 'upper', 'flags'] as const) {
      expect([...(scores?.[column] ?? [])], column).toEqual([...batch.scores[column]]);
    }
    expect(Object.is(scores?.values[1], -0)).toBe(true);
  });

  test('a range includes its start and not its end', async () => {
    const points = [0, 1, 2, 3].map((minute) => ({ track: 0, timeMs: T0 + minute * MINUTE }));
    await current.store.append(makeBatch('a', { points }));
    const read = async (from: number, to: number) => {
      const range = { fromMs: T0 + from * MINUTE, toMs: T0 + to * MINUTE };
      return [...((await current.store.scores([CART.key], range))[0]?.timesMs ?? [])].map(
        (timeMs) => (timeMs - T0) / MINUTE,
      );
    };
    expect(await read(1, 3)).toEqual([1, 2]);
    expect(await read(2, 2)).toEqual([]);
    expect(await read(3, 1)).toEqual([]);
  });

  test('tracks come in the order asked for; unknown ones are left out; one without points is empty', async () => {
    const [a, b] = [podTrack('a-1'), podTrack('b-1')];
    await current.store.append(makeBatch('a', { tracks: [a, b], points: [{ track: 0, timeMs: T0 }] }));
    const scores = await current.store.scores([b.key, 'nobody', a.key], ALL_TIME);
    expect(scores.map(({ track, timesMs }) => [track, timesMs.length])).toEqual([
      [b, 0],
      [a, 1],
    ]);
  });

  test('a point that is scored again replaces the one before, within a batch and between batches', async () => {
    const at = (timeMs: number, value: number) => ({ track: 0, timeMs, value });
    await current.store.append(makeBatch('a', { points: [at(T0, 1), at(T0 + MINUTE, 2), at(T0, 3)] }));
    await current.store.append(makeBatch('b', { points: [at(T0 + MINUTE, 4)] }));
    const [scores] = await current.store.scores([CART.key], ALL_TIME);
    expect([...(scores?.values ?? [])]).toEqual([3, 4]);
    expect((await current.store.info()).scores).toBe(2);
  });

  test('a track that comes with another threshold is known with the new one', async () => {
    await current.store.append(makeBatch('a', { points: [{ track: 0, timeMs: T0 }] }));
    const changed = makeTrack(CART.labels, 'd', 9);
    await current.store.append(makeBatch('b', { tracks: [changed], points: [{ track: 0, timeMs: T0 + 1 }] }));
    expect(await current.store.tracks()).toEqual([changed]);
    expect((await current.store.scores([CART.key], ALL_TIME))[0]?.timesMs.length).toBe(2);
  });

  test('any text is a track key', async () => {
    const tracks = ['%_\'"; DROP TABLE x; --', 'nul\u0000byte', '漢字🙂', ' '].map((pod) => podTrack(pod));
    await current.store.append(
      makeBatch('a', { tracks, points: tracks.map((_, track) => ({ track, timeMs: T0, value: track })) }),
    );
    const scores = await current.store.scores(
      tracks.map((track) => track.key),
      ALL_TIME,
    );
    expect(scores.map(({ track, values }) => [track, values[0]])).toEqual(tracks.map((track, index) => [track, index]));
  });
}

function describeOthers(current: CurrentStore): void {
  test('roll-ups count points with a score, those beyond the threshold, those in a finding, and findings that opened', async () => {
    const points = [
      { track: 0, timeMs: T0, flags: BEYOND },
      { track: 0, timeMs: T0 + 30_000, flags: BEYOND | OPEN },
      { track: 0, timeMs: T0 + 2 * MINUTE },
      { track: 0, timeMs: T0 + 2 * MINUTE + 1, score: Number.NaN },
    ];
    await current.store.append(makeBatch('a', { points, findings: [makeFinding('f', { startMs: T0 })] }));
    expect(await current.store.rollUps({ fromMs: T0, toMs: T0 + 10 * MINUTE }, MINUTE)).toEqual([
      { startMs: T0, points: 2, beyondThreshold: 2, inFinding: 1, opened: 0 },
      { startMs: T0 + 2 * MINUTE, points: 1, beyondThreshold: 0, inFinding: 0, opened: 1 },
    ]);
    expect(await current.store.rollUps({ fromMs: T0, toMs: T0 + 10 * MINUTE }, 5 * MINUTE)).toEqual([
      { startMs: T0, points: 3, beyondThreshold: 2, inFinding: 1, opened: 1 },
    ]);
    await expect(current.store.rollUps(ALL_TIME, 90_000)).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('scoring again counts once, also after opening again', async () => {
    await current.store.append(makeBatch('a', { points: [{ track: 0, timeMs: T0, flags: BEYOND }] }));
    await current.reopen();
    const points = [
      { track: 0, timeMs: T0 },
      { track: 0, timeMs: T0 + 1, flags: OPEN },
      { track: 0, timeMs: T0 + 1 },
    ];
    await current.store.append(makeBatch('b', { points }));
    expect(await current.store.rollUps(ALL_TIME, MINUTE)).toEqual([
      { startMs: T0, points: 2, beyondThreshold: 0, inFinding: 0, opened: 0 },
    ]);
  });

  test('spans of a range come slowest first, of the services asked for, each once', async () => {
    const span = (spanId: string, service: string, minute: number, durationMs: number) => ({
      traceId: 't',
      spanId,
      ...(spanId === 'root' ? {} : { parentId: 'root' }),
      pod: `${service}-1`,
      service,
      operation: 'GET /',
      startMs: T0 + minute * MINUTE,
      durationMs,
    });
    const spans = [
      span('root', 'front', 0, 50),
      span('b', 'cart', 1, 90),
      span('c', 'cart', 2, 10),
      span('d', 'ad', 3, 70),
    ];
    await current.store.append(makeBatch('a', { spans }));
    await current.store.append(makeBatch('b', { spans: spans.slice(0, 1) }));
    const range = { fromMs: T0, toMs: T0 + 3 * MINUTE };
    const ids = async (query: { services?: string[]; limit: number }) =>
      (await current.store.spans({ range, ...query })).map(({ spanId }) => spanId);
    expect(await ids({ limit: 10 })).toEqual(['b', 'root', 'c']);
    expect(await ids({ limit: 1 })).toEqual(['b']);
    expect(await ids({ services: ['front', 'nobody'], limit: 10 })).toEqual(['root']);
    expect(await ids({ services: [], limit: 10 })).toEqual([]);
    expect(await current.store.spans({ range, services: ['front'], limit: 1 })).toEqual(spans.slice(0, 1));
  });

  test('an edge is stored once', async () => {
    const edges = [
      { type: 'runs-on' as const, from: 'cart-1', to: 'node-1' },
      { type: 'calls' as const, from: 'front', to: 'cart' },
    ];
    await current.store.append(makeBatch('a', { edges }));
    await current.store.append(makeBatch('b', { edges }));
    expect(await current.store.edges()).toEqual([edges[1], edges[0]]);
  });
}

function describeRetention(current: CurrentStore): void {
  test('what ended before the limit goes, the rest stays, and tracks without points go too', async () => {
    const [cart, gone] = [podTrack('cart-1'), podTrack('gone-1')];
    const hour = 60 * MINUTE;
    const points = Array.from({ length: 600 }, (_, minute) => ({
      track: 0,
      timeMs: T0 + minute * MINUTE,
      value: minute,
    }));
    points.push({ track: 1, timeMs: T0, value: 0 });
    const findings = [
      makeFinding('ended', { startMs: T0, closedMs: T0 + hour }),
      makeFinding('across', { startMs: T0, closedMs: T0 + 6 * hour }),
      makeFinding('open', { startMs: T0 }),
    ];
    await current.store.append(makeBatch('a', { tracks: [cart, gone], points, findings }));
    const beforeMs = T0 + 5 * hour;
    expect(await current.store.retain(beforeMs)).toBe(301);
    const [scores] = await current.store.scores([cart.key], ALL_TIME);
    expect([...(scores?.values ?? [])]).toEqual(Array.from({ length: 300 }, (_, index) => 300 + index));
    expect(await current.store.tracks()).toEqual([cart]);
    expect(await current.store.info()).toMatchObject({ scores: 300, findings: 2, tracks: 1 });
    expect((await current.store.rollUps(ALL_TIME, MINUTE))[0]?.startMs).toBe(beforeMs);
    expect(await current.store.finding('ended')).toBeUndefined();
    expect(await current.store.retain(beforeMs)).toBe(0);
  });

  test('a pod that comes back after its track was removed is stored again', async () => {
    await current.store.append(makeBatch('a', { points: [{ track: 0, timeMs: T0 }] }));
    await current.store.retain(T0 + MINUTE);
    await current.store.append(makeBatch('b', { points: [{ track: 0, timeMs: T0 + MINUTE, value: 8 }] }));
    expect((await current.store.scores([CART.key], ALL_TIME))[0]?.values).toEqual(Float64Array.of(8));
  });
}
