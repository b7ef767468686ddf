// The client against servers that are not ours: what they answer, and what becomes of it.
import { type handleUnaryCall, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import type { AnalysisJob, AnalysisOutcome } from '../contract.ts';
import { DETECT_ANOMALIES, readTimeSeriesData, writeAnalysisResult } from '../wire/detect-anomalies.ts';
import { readScoreWindowsRequest, SCORE_WINDOWS, writeScoreWindowsResponse } from '../wire/score-windows.ts';
import { createGrpcAnalyser, type GrpcAnalyserOptions } from './client.ts';

type Handler = (bytes: Uint8Array) => Uint8Array | { code: status; details: string } | undefined;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A server of these calls; a handler that returns nothing never answers. */
async function serve(handlers: Readonly<Record<string, Handler>>, port = 0): Promise<{ port: number; server: Server }> {
  const server = new Server();
  const same = (bytes: Buffer) => bytes;
  for (const [path, handler] of Object.entries(handlers)) {
    const handle: handleUnaryCall<Buffer, Buffer> = ({ request }, callback) => {
      const answer = handler(request);
      if (answer instanceof Uint8Array) callback(null, Buffer.from(answer));
      else if (answer !== undefined) callback({ ...answer, metadata: new Metadata() });
    };
    server.register(path, handle, same, same, 'unary');
  }
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    ),
  );
  endings.push(() => server.forceShutdown());
  return { port: bound, server };
}

function analyserAt(port: number, options: Partial<GrpcAnalyserOptions> = {}) {
  const log = createLog('silent');
  const analyser = createGrpcAnalyser({
    addresses: `127.0.0.1:${port}`,
    clock: systemClock,
    random: () => 0,
    log,
    ...options,
  });
  endings.push(() => analyser.close());
  return analyser;
}

function jobOf(values: readonly number[], change: Partial<AnalysisJob> = {}): AnalysisJob {
  const timesMs = Float64Array.from(values, (_, index) => 1_760_000_000_000 + index * 60_000);
  const series = { stepMs: 60_000, timesMs, values: Float64Array.from(values) };
  return { metricName: 'm', series, algorithm: 'z-score', parameters: {}, threshold: 2.5, ...change };
}

const twelve = Array.from({ length: 12 }, (_, index) => index);
/** The score of each point is its value. */
const echoOld: Handler = (bytes) => {
  const { timesMs, values } = readTimeSeriesData(bytes);
  return writeAnalysisResult({ timesMs, scores: values, anomalies: new Uint8Array(values.length), errorMessage: '' });
};
const echoOwn: Handler = (bytes) => {
  const { windows } = readScoreWindowsRequest(bytes);
  const nothing = new Float64Array(0);
  return writeScoreWindowsResponse(
    windows.map(({ series }) => ({
      ok: true,
      scores: series.values,
      expected: nothing,
      lower: nothing,
      upper: nothing,
    })),
  );
};
const scoresOf = (outcomes: readonly AnalysisOutcome[]) =>
  outcomes.map((one) => (one.ok ? Array.from(one.scores) : one.reason));

describe('the analyser over gRPC', () => {
  it('asks in batches of at most 2 MiB and puts the answers in the order of the jobs', async () => {
    const sizes: number[] = [];
    const answers: number[] = [];
    const { port } = await serve({
      [SCORE_WINDOWS]: (bytes) => {
        sizes.push(bytes.length);
        const answer = echoOwn(bytes) as Uint8Array;
        answers.push(answer.length);
        return answer;
      },
    });
    const jobs = Array.from({ length: 2500 }, (_, index) => jobOf([index, ...Array(60 + (index % 50)).fill(index)]));
    const outcomes = await analyserAt(port).analyse(jobs);
    expect(outcomes.map((one) => (one.ok ? one.scores[0] : one))).toEqual(jobs.map((_, index) => index));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes, ...answers)).toBeLessThanOrEqual(2 * 1024 * 1024);
  });

  it('does with the old contract where ours is not known, and remembers it', async () => {
    const clock = new FakeClock();
    const counts = { own: 0, old: 0 };
    const unknown = () => {
      counts.own++;
      return { code: status.UNIMPLEMENTED, details: 'no such method' };
    };
    const { port } = await serve({
      [SCORE_WINDOWS]: unknown,
      [DETECT_ANOMALIES]: (bytes) => {
        counts.old++;
        expect(readTimeSeriesData(bytes).parameters).toEqual(new Map([['threshold', 2.5]]));
        return echoOld(bytes);
      },
    });
    const analyser = analyserAt(port, { clock, rememberOldMs: 1000 });
    const gap = [...twelve, Number.NaN, 7, Infinity];
    const jobs = [jobOf(gap), jobOf(twelve, { algorithm: 'ema' }), jobOf(twelve.slice(3))];
    const expected = [[...twelve, Number.NaN, 7, Number.NaN], 'refused', 'too-short'];
    const outcomes = await analyser.analyse(jobs);
    expect(scoresOf(outcomes)).toEqual(expected);
    expect(outcomes[1]).toMatchObject({
      message: expect.stringContaining('ema cannot be asked of the analyser at 127.0.0.1'),
    });
    expect(scoresOf(await analyser.analyse(jobs))).toEqual(expected);
    expect(counts).toEqual({ own: 1, old: 2 });
    await clock.advance(1000);
    await analyser.analyse(jobs);
    expect(counts.own).toBe(2);
  });

  it.each<[string, (values: Float64Array, timesMs: Float64Array) => Parameters<typeof writeAnalysisResult>[0], RegExp]>(
    [
      [
        'too few',
        (v, t) => ({ timesMs: t.slice(1), scores: v.slice(1), anomalies: new Uint8Array(0), errorMessage: '' }),
        /11 scores for 12/,
      ],
      [
        'other times',
        (v, t) => ({ timesMs: t.map((x) => x + 1), scores: v, anomalies: new Uint8Array(0), errorMessage: '' }),
        /point 0 with the time/,
      ],
      [
        'no numbers',
        (v, t) => ({ timesMs: t, scores: v.map(() => Number.NaN), anomalies: new Uint8Array(0), errorMessage: '' }),
        /the score NaN/,
      ],
      [
        'an error',
        (v, t) => ({ timesMs: t, scores: v, anomalies: new Uint8Array(0), errorMessage: 'boom' }),
        /says: boom/,
      ],
    ],
  )('keeps nothing of an old answer with %s', async (_, answer, sentence) => {
    const { port } = await serve({
      [DETECT_ANOMALIES]: (bytes) => {
        const { values, timesMs } = readTimeSeriesData(bytes);
        return writeAnalysisResult(answer(values, timesMs));
      },
    });
    const [outcome] = await analyserAt(port, { protocol: 'old' }).analyse([jobOf(twelve)]);
    expect(outcome).toMatchObject({ ok: false, reason: 'refused', message: expect.stringMatching(sentence) });
  });

  it.each<[string, (values: Float64Array) => AnalysisOutcome[], RegExp]>([
    ['too few windows', () => [], /0 windows for 1/],
    ['too few scores', (v) => [{ ok: true, scores: v.slice(1), expected: v, lower: v, upper: v }], /11 scores for 12/],
    [
      'an infinite score',
      (v) => [{ ok: true, scores: v.map(() => Infinity), expected: v, lower: v, upper: v }],
      /infinite/,
    ],
    ['half a band', (v) => [{ ok: true, scores: v, expected: v, lower: v.slice(4), upper: v }], /a band of 8 values/],
  ])('keeps nothing of an answer with %s', async (_, answer, sentence) => {
    const { port } = await serve({
      [SCORE_WINDOWS]: (bytes) =>
        writeScoreWindowsResponse(
          answer(readScoreWindowsRequest(bytes).windows[0]?.series.values ?? new Float64Array(0)),
        ),
    });
    const [outcome] = await analyserAt(port).analyse([jobOf(twelve)]);
    expect(outcome).toMatchObject({ ok: false, reason: 'refused', message: expect.stringMatching(sentence) });
  });

  it('keeps nothing of bytes that are no answer', async () => {
    const { port } = await serve({
      [SCORE_WINDOWS]: () => Buffer.from('0aff', 'hex'),
      [DETECT_ANOMALIES]: () => Buffer.from('0aff', 'hex'),
    });
    for (const protocol of ['v1', 'old'] as const) {
      const [outcome] = await analyserAt(port, { protocol }).analyse([jobOf(twelve)]);
      expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('cannot be read') });
    }
  });

  it('tries again when a server is busy or away for a moment', async () => {
    const codes = [status.RESOURCE_EXHAUSTED, status.UNAVAILABLE];
    const { port } = await serve({
      [SCORE_WINDOWS]: (bytes) => {
        const code = codes.shift();
        return code === undefined ? echoOwn(bytes) : { code, details: 'busy' };
      },
    });
    expect(scoresOf(await analyserAt(port).analyse([jobOf(twelve)]))).toEqual([twelve]);
  });

  it('says that nobody answers, as something to try again', async () => {
    const { port, server } = await serve({});
    server.forceShutdown();
    await expect(analyserAt(port).analyse([jobOf(twelve)])).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });

  it('gives a replica that hangs its deadline, and asks again once', async () => {
    let asked = 0;
    const { port } = await serve({ [SCORE_WINDOWS]: (bytes) => (asked++ === 0 ? undefined : echoOwn(bytes)) });
    const analyser = analyserAt(port, { callTimeoutMs: 1500 });
    expect(scoresOf(await analyser.analyse([jobOf(twelve)]))).toEqual([twelve]);
    expect(asked).toBe(2);
  });

  it('waits no longer than told, whatever hangs', async () => {
    const clock = new FakeClock();
    const { port } = await serve({ [SCORE_WINDOWS]: () => undefined });
    const asked = analyserAt(port, { clock, callTimeoutMs: 1e8 }).analyse([jobOf(twelve)]);
    const ended = expect(asked).rejects.toMatchObject({ code: 'unavailable' });
    await settle();
    await clock.advance(2e8 + 2000);
    await ended;
  });

  it('stops when its caller does', async () => {
    const stop = new AbortController();
    const { port } = await serve({ [SCORE_WINDOWS]: () => void stop.abort(new Error('enough')) });
    await expect(analyserAt(port).analyse([jobOf(twelve)], stop.signal)).rejects.toThrow('enough');
  });

  it('says that what listens is no analyser', async () => {
    const { port } = await serve({});
    await expect(analyserAt(port).analyse([jobOf(twelve)])).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining('is no analyser'),
    });
    await expect(analyserAt(port, { protocol: 'v1' }).analyse([jobOf(twelve)])).rejects.toMatchObject({
      code: 'bad-config',
    });
  });

  it('refuses what is no window without asking anybody', async () => {
    const odd = jobOf(twelve);
    const jobs = [{ ...odd, series: { ...odd.series, values: Float64Array.of(1) } }, jobOf(Array(50_001).fill(1))];
    const outcomes = await analyserAt(1).analyse(jobs);
    expect(outcomes).toMatchObject([
      { reason: 'refused', message: '12 times and 1 values do not go together' },
      { reason: 'refused', message: expect.stringContaining('more than the 50000') },
    ]);
  });
});

it('with certificates no analyser is named by its address', () => {
  const credentials = { cert: '', key: '', ca: '' };
  for (const addresses of ['10.0.0.1:50051', ['10.0.0.1', '10.0.0.2:50051'], 'ipv6:[::1]:50051']) {
    expect(() => analyserAt(0, { addresses, credentials })).toThrow(/the analyser is named by an address/);
  }
});
