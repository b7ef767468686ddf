import { describe, expect, it } from 'vitest';
import type { Log } from '#kit/log.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock } from '#model/score-block.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import { createRemoteWriter, type RemoteWriterOptions } from './index.ts';

const TRACKS: Track[] = ['a', 'b'].map((pod) => ({
  key: `d|${pod}`,
  detector: 'd',
  series: pod,
  labels: { __name__: 'm', pod },
  stepMs: 1000,
  threshold: 3,
}));

/** A score for each [track, seconds]; nothing was expected. */
function blockOf(rows: readonly (readonly [track: number, seconds: number, score?: number])[]): ScoreBlock {
  const block = emptyBlock(rows.length);
  for (const [row, [track, seconds, score = 1]] of rows.entries()) {
    block.tracks[row] = track;
    block.timesMs[row] = seconds * 1000;
    block.scores[row] = score;
  }
  return block;
}

interface Call {
  readonly headers: Headers;
  readonly bytes: number;
}

interface Bench {
  readonly calls: Call[];
  readonly clock: FakeClock;
  readonly warnings: unknown[];
}

/** A writer whose receiver gives these answers, the last one for ever. */
function bench(answers: readonly (() => Response | Promise<Response>)[], options: Partial<RemoteWriterOptions> = {}) {
  const parts: Bench = { calls: [], clock: new FakeClock(), warnings: [] };
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (line: unknown) => parts.warnings.push(line),
  } as unknown as Log;
  const fetch: typeof globalThis.fetch = (_, init) => {
    const body = init?.body as Uint8Array;
    parts.calls.push({ headers: new Headers(init?.headers), bytes: body.length });
    const answer = answers[Math.min(parts.calls.length, answers.length) - 1] ?? taken;
    // As the real one does: an aborted request rejects.
    const aborted = new Promise<never>((_resolve, reject) =>
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    return Promise.race([Promise.resolve().then(answer), aborted]);
  };
  const writer = createRemoteWriter({
    url: 'http://receiver/api/v1/write?secret=1',
    version: 1,
    ...{ clock: parts.clock, random: () => 0, log, fetch },
    ...options,
  });
  return { writer, ...parts };
}

const taken = () => new Response(null, { status: 204 });
const counted = (samples: number) => () =>
  new Response(null, { status: 204, headers: { 'x-prometheus-remote-write-samples-written': String(samples) } });
const refuse =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('why', { status, headers });
const silent = () => new Promise<Response>(() => undefined);
const away = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));

describe('a remote writer', () => {
  it('sends what has a score, and its credentials', async () => {
    const { writer, calls } = bench([taken], {
      auth: { username: 'u', password: 'p' },
      headers: { 'x-scope-orgid': 't' },
    });
    writer.write(
      blockOf([
        [0, 1],
        [1, 1],
        [0, 2, Number.NaN],
      ]),
      TRACKS,
    );
    await writer.flush();
    expect(writer.stats()).toMatchObject({ sentSamples: 2, queuedSamples: 0, requests: 1, trouble: undefined });
    expect(Object.fromEntries(calls[0]?.headers ?? [])).toEqual({
      authorization: `Basic ${btoa('u:p')}`,
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'user-agent': 'tidewatch',
      'x-prometheus-remote-write-version': '0.1.0',
      'x-scope-orgid': 't',
    });
  });

  it('cuts into batches, and sends one after the other', async () => {
    const { writer } = bench([taken], { batchSamples: 3 });
    writer.write(blockOf(Array.from({ length: 10 }, (_, index) => [0, index] as const)), TRACKS);
    await writer.flush();
    expect(writer.stats()).toMatchObject({ sentSamples: 10, requests: 4 });
  });

  it('does not send a point again, for a receiver would refuse the whole request', async () => {
    const { writer } = bench([taken]);
    writer.write(
      blockOf([
        [0, 5],
        [1, 4],
      ]),
      TRACKS,
    );
    writer.write(
      blockOf([
        [0, 5, 2],
        [0, 4],
        [1, 5],
      ]),
      TRACKS,
    );
    await writer.flush();
    expect(writer.stats()).toMatchObject({ sentSamples: 3, droppedSamples: { 'not-newer': 2 } });
  });

  it('tries again with back-off while the receiver is away, and warns once', async () => {
    const { writer, clock, calls, warnings } = bench([away, refuse(503), refuse(500), taken]);
    writer.write(blockOf([[0, 1]]), TRACKS);
    await clock.advance(499);
    expect(calls).toHaveLength(1);
    expect(writer.stats().trouble).toBe('fetch failed: connect ECONNREFUSED');
    await clock.advance(1);
    expect(calls).toHaveLength(2);
    await clock.advance(1000);
    expect(calls).toHaveLength(3);
    await clock.advance(2000);
    expect(writer.stats()).toMatchObject({ sentSamples: 1, requests: 4, retries: 3, trouble: undefined });
    expect(warnings).toEqual([{ url: 'http://receiver/api/v1/write', trouble: 'fetch failed: connect ECONNREFUSED' }]);
  });

  it.each([
    ['7', 7000],
    [new Date(20_000).toUTCString(), 20_000],
    ['999999', 300_000],
    ['soon', 500],
    ['0', 500],
  ])('waits as long as it is told by Retry-After: %s', async (header, waitMs) => {
    const { writer, clock, calls } = bench([refuse(429, { 'retry-after': header }), taken]);
    writer.write(blockOf([[0, 1]]), TRACKS);
    await clock.advance(waitMs - 1);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls).toHaveLength(2);
  });

  it('counts what is refused, says why, and goes on', async () => {
    const { writer } = bench([refuse(400), taken], { batchSamples: 2 });
    writer.write(
      blockOf([
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
      TRACKS,
    );
    await writer.flush();
    expect(writer.stats()).toMatchObject({ sentSamples: 1, droppedSamples: { refused: 2 }, retries: 0 });
    const other = bench([refuse(401)]);
    other.writer.write(blockOf([[0, 1]]), TRACKS);
    await other.writer.flush();
    expect(other.writer.stats().trouble).toBe('it answered 401: why');
  });

  it('drops the oldest when there is no more room, and counts it', async () => {
    const { writer, clock } = bench([silent, taken], { batchSamples: 2, maxQueued: 4 });
    writer.write(
      blockOf([
        [0, 1],
        [0, 2],
      ]),
      TRACKS,
    );
    await settle();
    for (let seconds = 3; seconds < 13; seconds++) writer.write(blockOf([[0, seconds]]), TRACKS);
    expect(writer.stats()).toMatchObject({ queuedSamples: 6, droppedSamples: { 'queue-full': 6 } });
    const flushed = writer.flush();
    await clock.advance(31_000);
    await flushed;
    expect(writer.stats()).toMatchObject({ sentSamples: 6, queuedSamples: 0, retries: 1 });
  });

  it('gives up on an answer that does not come', async () => {
    const { writer, clock } = bench([silent, taken], { timeoutMs: 2000 });
    writer.write(blockOf([[0, 1]]), TRACKS);
    await clock.advance(2000);
    expect(writer.stats().trouble).toBe('no answer within 2 s');
    await clock.advance(500);
    expect(writer.stats()).toMatchObject({ sentSamples: 1, trouble: undefined });
  });

  it('is closed after some patience; the rest and what still comes is counted', async () => {
    const { writer, clock } = bench([away], { batchSamples: 1 });
    writer.write(
      blockOf([
        [0, 1],
        [0, 2],
      ]),
      TRACKS,
    );
    const closed = Promise.all([writer.close(1000), writer.close()]);
    await clock.advance(1000);
    await closed;
    writer.write(blockOf([[0, 3]]), TRACKS);
    expect(writer.stats()).toMatchObject({ sentSamples: 0, queuedSamples: 0, droppedSamples: { closed: 3 } });
  });

  it('is closed at once when nothing waits', async () => {
    const { writer } = bench([taken]);
    writer.write(blockOf([[0, 1]]), TRACKS);
    await writer.close();
    expect(writer.stats()).toMatchObject({ sentSamples: 1, droppedSamples: { closed: 0 } });
  });
});

describe('version 2', () => {
  const versions = (calls: readonly Call[]) =>
    calls.map(({ headers }) => headers.get('x-prometheus-remote-write-version'));

  it('is kept with a receiver that counts what it wrote', async () => {
    const { writer, calls } = bench([counted(1), refuse(400), taken], { version: 2, batchSamples: 1 });
    writer.write(
      blockOf([
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
      TRACKS,
    );
    await writer.flush();
    expect(versions(calls)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
    expect(calls[0]?.headers.get('content-type')).toBe('application/x-protobuf;proto=io.prometheus.write.v2.Request');
    expect(writer.stats()).toMatchObject({ version: 2, sentSamples: 2, droppedSamples: { refused: 1 } });
  });

  it('counts the part that a receiver did not write', async () => {
    const { writer } = bench([counted(1)], { version: 2 });
    writer.write(
      blockOf([
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
      TRACKS,
    );
    await writer.flush();
    expect(writer.stats()).toMatchObject({ sentSamples: 1, droppedSamples: { refused: 2 } });
  });

  it.each([
    ['says that it does not know it', refuse(415)],
    ['cannot read it', refuse(400)],
    ['takes it for nothing, and is content', taken],
  ])('becomes 1 with a receiver that %s, and nothing is lost', async (_, first) => {
    const { writer, calls } = bench([first, taken], { version: 2, batchSamples: 2 });
    writer.write(
      blockOf([
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
      TRACKS,
    );
    await writer.flush();
    expect(versions(calls)).toEqual(['2.0.0', '0.1.0', '0.1.0']);
    expect(writer.stats()).toMatchObject({ version: 1, sentSamples: 3, droppedSamples: { refused: 0 } });
  });
});

it.each([
  ['receiver:9090', 'expected an address'],
  ['ftp://receiver', 'expected an address'],
  ['http://u:p@receiver', 'do not belong into the address'],
])('an address that cannot be written to is refused: %s', (url, message) => {
  expect(() => bench([taken], { url })).toThrow(message);
});
