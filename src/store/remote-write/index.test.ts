// What is sent on of an outbox, and when: the receiver is made of answers, so that each fault comes when it is wanted. Real
// receivers are in test/cluster/remote-write.e2e.ts.
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '#kit/log.ts';
import { makeFinding, makeScores, type Point, podTrack } from '../../../test/conformance/store-fixtures.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import { decodeV1 } from '../../../test/fixtures/remote-write-body.ts';
import type { Outbox, Unsent } from '../contract.ts';
import { type RemoteWrite, type RemoteWriteOptions, startRemoteWrite } from './index.ts';

const TRACKS = ['a', 'b'].map((pod) => podTrack(pod));
/** One figure a point: what was expected and the band are missing. */
function unsent(
  number: number,
  points: readonly (readonly [track: number, seconds: number, score?: number])[],
): Unsent {
  const given = points.map(([track, seconds, score = 1]): Point => ({ track, timeMs: seconds * 1000, score }));
  const missing = new Float64Array(points.length).fill(Number.NaN);
  const scores = { ...makeScores(given), expected: missing, lower: missing, upper: missing };
  return { number, tracks: TRACKS, scores, findings: [], damaged: 0 };
}

interface MemoryOutbox extends Outbox {
  readonly waiting: Unsent[];
}

function outboxOf(waiting: Unsent[]): MemoryOutbox {
  return {
    waiting,
    first: async () => waiting[0],
    done: async (number) => {
      while ((waiting[0]?.number ?? Number.POSITIVE_INFINITY) <= number) waiting.shift();
    },
    state: async () => ({ waiting: waiting.length, expired: 0 }),
  };
}

interface Call {
  readonly headers: Headers;
  readonly bytes: number;
}

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** A receiver that gives these answers, the last one for ever. */
function bench(
  waiting: Unsent[],
  answers: readonly (() => Response | Promise<Response>)[],
  options: Partial<RemoteWriteOptions> = {},
) {
  const outbox = outboxOf(waiting);
  const calls: Call[] = [];
  const clock = new FakeClock();
  const warnings: unknown[] = [];
  const warn = (line: unknown) => warnings.push(line);
  const log = { debug() {}, info() {}, error: warn, warn } as unknown as Log;
  const fetch: typeof globalThis.fetch = (_, init) => {
    calls.push({ headers: new Headers(init?.headers), bytes: Buffer.from((init?.body ?? '') as Uint8Array).length });
    const answer = answers[Math.min(calls.length, answers.length) - 1] ?? taken;
    // As the real one does: an aborted request rejects.
    const aborted = new Promise<never>((_resolve, reject) =>
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    return Promise.race([Promise.resolve().then(answer), aborted]);
  };
  const remote: RemoteWrite = startRemoteWrite(outbox, {
    url: 'http://receiver/api/v1/write?secret=1',
    version: 1,
    ...{ clock, random: () => 0, log, fetch },
    ...options,
  });
  endings.push(() => remote.close());
  return { remote, outbox, calls, clock, warnings };
}

const taken = () => new Response(null, { status: 204 });
const counted =
  (samples: number, status = 204) =>
  () =>
    new Response(status === 204 ? null : 'why', {
      status,
      headers: { 'x-prometheus-remote-write-samples-written': String(samples) },
    });
const refuse =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('why', { status, headers });
const silent = () => new Promise<Response>(() => undefined);
const away = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));

describe('what waits in the outbox', () => {
  it('is sent with credentials that are asked for each time, and done with', async () => {
    const tokens = ['first', 'second'];
    const { outbox, remote, calls, clock } = bench(
      [
        unsent(1, [
          [0, 1],
          [1, 1],
        ]),
      ],
      [taken],
      {
        authorization: async () => `Bearer ${tokens.shift()}`,
        headers: { 'x-scope-orgid': 't' },
      },
    );
    await settle();
    expect(outbox.waiting).toEqual([]);
    expect(remote.stats()).toMatchObject({
      sentSamples: 2,
      refusedSamples: 0,
      requests: 1,
      trouble: undefined,
      lagSeconds: 0,
    });
    expect(Object.fromEntries(calls[0]?.headers ?? [])).toEqual({
      authorization: 'Bearer first',
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'user-agent': 'tidewatch',
      'x-prometheus-remote-write-version': '0.1.0',
      'x-scope-orgid': 't',
    });
    outbox.waiting.push(unsent(2, [[0, 2]]));
    remote.wake();
    await clock.advance(1000);
    expect(calls[1]?.headers.get('authorization')).toBe('Bearer second');
  });

  it('is sent in requests of a size, one after the other', async () => {
    const { remote } = bench(
      [
        unsent(
          1,
          Array.from({ length: 10 }, (_, index) => [0, index] as const),
        ),
      ],
      [taken],
      {
        batchSamples: 3,
      },
    );
    await settle();
    expect(remote.stats()).toMatchObject({ sentSamples: 10, requests: 4 });
  });

  it('is a sample for each figure, and two for a finding that closed', async () => {
    const track = podTrack('a');
    const scores = makeScores([{ track: 0, timeMs: 1000, score: 4 }]);
    const findings = [makeFinding('f', { closedMs: Date.UTC(2022, 7, 22, 0, 9) }), makeFinding('g')];
    const { remote } = bench([{ number: 1, tracks: [track], scores, findings, damaged: 2 }], [taken]);
    await settle();
    expect(remote.stats()).toMatchObject({ sentSamples: 4 + 2 + 1, damagedPoints: 2 });
  });

  it('stays there while the receiver is away; it is told once, and lag grows', async () => {
    const { outbox, remote, clock, calls, warnings } = bench(
      [unsent(1, [[0, 1]])],
      [away, refuse(503), refuse(429), taken],
    );
    await clock.advance(499);
    expect(calls).toHaveLength(1);
    expect(outbox.waiting).toHaveLength(1);
    expect(remote.stats().trouble).toEqual({ message: 'fetch failed: connect ECONNREFUSED', sinceMs: 0 });
    await clock.advance(1);
    expect(calls).toHaveLength(2);
    await clock.advance(1000);
    expect(calls).toHaveLength(3);
    expect(remote.stats()).toMatchObject({ failures: { unreachable: 1, busy: 2 }, trouble: { sinceMs: 0 } });
    await clock.advance(1499);
    // Seen 1.5 s after its time, which is second 1.
    expect(remote.stats().lagSeconds).toBeCloseTo(2.999 - 2.5);
    await clock.advance(501);
    expect(remote.stats()).toMatchObject({ sentSamples: 1, requests: 4, trouble: undefined, lagSeconds: 0 });
    expect(outbox.waiting).toEqual([]);
    expect(warnings).toEqual([{ url: 'http://receiver/api/v1/write', trouble: 'fetch failed: connect ECONNREFUSED' }]);
  });

  it.each([401, 403, 404, 302])('stays there while the caller is what is refused: %i', async (status) => {
    const { outbox, remote, clock } = bench([unsent(1, [[0, 1]])], [refuse(status), refuse(status), taken]);
    await clock.advance(499);
    expect(outbox.waiting).toHaveLength(1);
    expect(remote.stats().trouble?.message).toBe(`it answered ${status}: why`);
    await clock.advance(2000);
    expect(remote.stats()).toMatchObject({ sentSamples: 1, failures: { denied: 2 } });
  });

  it('stays there while the token cannot be read', async () => {
    const { outbox, remote, clock } = bench([unsent(1, [[0, 1]])], [taken], {
      authorization: async () => {
        if (clock.nowMs() < 400) throw new Error('no such file');
        return 'Bearer t';
      },
    });
    await settle();
    expect(outbox.waiting).toHaveLength(1);
    expect(remote.stats().trouble?.message).toBe('no such file');
    await clock.advance(500);
    expect(outbox.waiting).toEqual([]);
  });

  it.each([
    ['7', 7000],
    [new Date(20_000).toUTCString(), 20_000],
    ['999999', 300_000],
    ['soon', 500],
    ['0', 500],
  ])('waits as long as it is told by Retry-After: %s', async (header, waitMs) => {
    const { clock, calls } = bench([unsent(1, [[0, 1]])], [refuse(429, { 'retry-after': header }), taken]);
    await clock.advance(waitMs - 1);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls).toHaveLength(2);
  });

  it('is not given up when no answer comes', async () => {
    const { remote, clock } = bench([unsent(1, [[0, 1]])], [silent, taken], { timeoutMs: 2000 });
    await clock.advance(2000);
    expect(remote.stats().trouble?.message).toBe('no answer within 2 s');
    await clock.advance(500);
    expect(remote.stats()).toMatchObject({ sentSamples: 1, trouble: undefined });
  });

  it('is looked for when woken, or after a while', async () => {
    const { outbox, remote, clock } = bench([], [taken]);
    await settle();
    outbox.waiting.push(unsent(1, [[0, 1]]));
    remote.wake();
    await clock.advance(999);
    expect(remote.stats().sentSamples).toBe(0);
    await clock.advance(1);
    expect(remote.stats().sentSamples).toBe(1);
    outbox.waiting.push(unsent(2, [[0, 2]]));
    await clock.advance(31_000);
    expect(remote.stats().sentSamples).toBe(2);
  });

  it('is there after the end, which does not wait', async () => {
    const { outbox, remote } = bench([unsent(1, [[0, 1]])], [silent]);
    await settle();
    await remote.close();
    await remote.close();
    expect(outbox.waiting).toHaveLength(1);
    expect(remote.stats()).toMatchObject({ sentSamples: 0, refusedSamples: 0, failures: { unreachable: 0 } });
  });

  it('is asked for again when the store does not answer', async () => {
    const { outbox, remote, clock } = bench([unsent(1, [[0, 1]])], [taken]);
    const { first } = outbox;
    outbox.first = async () => {
      throw new Error('busy');
    };
    remote.wake();
    await clock.advance(31_000);
    outbox.waiting.push(unsent(2, [[0, 2]]));
    outbox.first = first;
    await clock.advance(31_000);
    expect(remote.stats().sentSamples).toBe(2);
  });
});

describe('what is refused', () => {
  it('is cut until only what is too old is left out, in order', async () => {
    const seconds = Array.from({ length: 64 }, (_, index) => index);
    const written: number[] = [];
    // As Prometheus: the whole request, when one of its samples is too old.
    const strict = async (_url: unknown, init?: RequestInit) => {
      const times = decodeV1(init?.body as Uint8Array).flatMap(({ samples }) =>
        samples.map(([timeMs = 0]) => timeMs / 1000),
      );
      if (times.some((time) => time < 21)) return refuse(400)();
      written.push(...times);
      return taken();
    };
    const waiting = [
      unsent(
        1,
        seconds.map((second) => [0, second] as const),
      ),
    ];
    const { remote, outbox } = bench(waiting, [], { fetch: strict as typeof globalThis.fetch });
    await settle();
    await settle();
    expect(written).toEqual(seconds.slice(21));
    expect(remote.stats()).toMatchObject({ sentSamples: 43, refusedSamples: 21, trouble: undefined });
    expect(outbox.waiting).toEqual([]);
  });

  it('whole is counted after a bounded number of requests, and told', async () => {
    const points = Array.from({ length: 2000 }, (_, index) => [0, index] as const);
    const { remote, outbox } = bench([unsent(1, points)], [refuse(400)]);
    for (let round = 0; round < 10; round++) await settle();
    expect(outbox.waiting).toEqual([]);
    expect(remote.stats()).toMatchObject({
      sentSamples: 0,
      refusedSamples: 2000,
      trouble: { message: 'it answered 400: why' },
    });
    expect(remote.stats().requests).toBeLessThan(140);
  });

  it('by a receiver that counts what it wrote is not sent again', async () => {
    const { remote } = bench(
      [
        unsent(1, [
          [0, 1],
          [0, 2],
          [0, 3],
        ]),
      ],
      [counted(1, 400)],
    );
    await settle();
    expect(remote.stats()).toMatchObject({ sentSamples: 1, refusedSamples: 2, requests: 1 });
  });
});

describe('version 2', () => {
  const versions = (calls: readonly Call[]) =>
    calls.map(({ headers }) => headers.get('x-prometheus-remote-write-version'));
  const three = () => [
    unsent(1, [
      [0, 1],
      [0, 2],
      [0, 3],
    ]),
  ];

  it('is kept with a receiver that counts what it wrote', async () => {
    const { remote, calls } = bench(three(), [counted(1), refuse(400), taken], { version: 2, batchSamples: 1 });
    await settle();
    expect(versions(calls)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
    expect(calls[0]?.headers.get('content-type')).toBe('application/x-protobuf;proto=io.prometheus.write.v2.Request');
    expect(remote.stats()).toMatchObject({ version: 2, sentSamples: 2, refusedSamples: 1 });
  });

  it.each([
    ['says that it does not know it', refuse(415)],
    ['cannot read it', refuse(400)],
    ['takes it for nothing, and is content', taken],
  ])('becomes 1 with a receiver that %s, and nothing is lost', async (_, first) => {
    const { remote, calls } = bench(three(), [first, taken], { version: 2, batchSamples: 2 });
    await settle();
    expect(versions(calls)).toEqual(['2.0.0', '0.1.0', '0.1.0']);
    expect(remote.stats()).toMatchObject({ version: 1, sentSamples: 3, refusedSamples: 0 });
  });
});

it.each([
  ['receiver:9090', 'expected an address'],
  ['ftp://receiver', 'expected an address'],
  ['http://u:p@receiver', 'do not belong into the address'],
])('an address that cannot be written to is refused: %s', (url, message) => {
  expect(() => bench([], [taken], { url })).toThrow(message);
});
