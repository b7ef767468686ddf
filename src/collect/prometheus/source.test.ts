import { describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { FakeClock, settle } from '../../../test/fixtures/fake-clock.ts';
import type { FetchedSeries } from './contract.ts';
import { createPrometheusSource, type PrometheusSourceOptions } from './source.ts';
import type { PrometheusTransport, TransportAnswer, TransportRequest } from './transport.ts';

const log = createLog('silent');
const LIMITS = { maxSeries: 100, timeoutMs: 30_000 };
const RANGE = { promql: 'up', startMs: 1_700_000_000_000, endMs: 1_700_000_060_000, stepMs: 15_000 };

async function* pieces(...texts: readonly string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

const answer = (text: string, status = 200, retryAfter?: string): TransportAnswer => ({
  status,
  body: pieces(text),
  retryAfter,
});

/** As a Prometheus answers: the index of the step at each step of the range. */
function counting({ parameters }: TransportRequest): TransportAnswer {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Math.round(Number(parameters[name]) * 1000));
  if (start === undefined || end === undefined || step === undefined) throw new Error('a parameter is missing');
  if ((end - start) / step > 11_000) return answer('{"status":"error","errorType":"bad_data","error":"too long"}', 400);
  const samples: string[] = [];
  for (let timeMs = start; timeMs <= end; timeMs += step) samples.push(`[${timeMs / 1000},"${timeMs / step}"]`);
  return answer(
    `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[${samples}]}]}}`,
  );
}

function setUp(
  send: (request: TransportRequest, asked: number) => TransportAnswer | Promise<TransportAnswer>,
  options: Partial<PrometheusSourceOptions> = {},
) {
  const clock = new FakeClock();
  const requests: TransportRequest[] = [];
  const transport: PrometheusTransport = {
    address: 'http://metrics',
    send: async (request) => {
      requests.push(request);
      return send(request, requests.length);
    },
    close: async () => undefined,
  };
  const source = createPrometheusSource(transport, { clock, random: () => 0.5, log, ...options });
  return { clock, requests, source };
}

/** What a promise became, once it has. */
function watch(promise: Promise<readonly FetchedSeries[]>) {
  const seen: { series?: readonly FetchedSeries[]; error?: unknown } = {};
  promise.then(
    (series) => {
      seen.series = series;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  return seen;
}

describe('a range', () => {
  it.each([
    [1, 1],
    [11_000, 1],
    [11_001, 2],
    [33_000, 3],
    [33_001, 4],
  ])('of %i points is asked for in %i questions, with neither doubles nor holes', async (points, questions) => {
    const { source, requests } = setUp(counting);
    const stepMs = 1000;
    const range = { ...RANGE, stepMs, endMs: RANGE.startMs + (points - 1) * stepMs };
    const [series] = await source.queryRange(range, LIMITS);
    expect(requests).toHaveLength(questions);
    const expected = Float64Array.from({ length: points }, (_, index) => RANGE.startMs + index * stepMs);
    expect(series?.timesMs).toEqual(expected);
    expect(series?.values).toEqual(expected.map((timeMs) => timeMs / stepMs));
  });

  it('has series that come and go between the questions', async () => {
    const { source } = setUp((request, asked) =>
      asked === 2 ? answer('{"status":"success","data":{"resultType":"matrix","result":[]}}') : counting(request),
    );
    const [series] = await source.queryRange({ ...RANGE, stepMs: 1, endMs: RANGE.startMs + 32_999 }, LIMITS);
    expect(series?.timesMs).toHaveLength(22_000);
    expect(series?.timesMs[11_000]).toBe(RANGE.startMs + 22_000);
  });

  it('is used as a whole or not at all', async () => {
    const { source } = setUp((request, asked) =>
      asked === 1 ? counting(request) : answer('{"status":"error","errorType":"bad_data","error":"no"}', 400),
    );
    const range = { ...RANGE, stepMs: 1, endMs: RANGE.startMs + 20_000 };
    await expect(source.queryRange(range, LIMITS)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it.each([
    ['backwards', { endMs: 0 }],
    ['without a step', { stepMs: 0 }],
    ['between milliseconds', { stepMs: 0.5 }],
  ])('%s is refused before it is asked for', async (_, wrong) => {
    const { source, requests } = setUp(counting);
    await expect(source.queryRange({ ...RANGE, ...wrong }, LIMITS)).rejects.toMatchObject({ code: 'bad-input' });
    expect(requests).toEqual([]);
  });
});

describe('a question that fails', () => {
  it('is asked again after 0.5 s and 1 s, and then no more', async () => {
    const { clock, requests, source } = setUp(() => answer('away', 503));
    const seen = watch(source.queryRange(RANGE, LIMITS));
    await clock.advance(499);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(requests).toHaveLength(2);
    await clock.advance(1000);
    expect(requests).toHaveLength(3);
    expect(seen.error).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('is a success when a later one is answered', async () => {
    const { clock, source } = setUp((request, asked) => (asked < 3 ? answer('', 502) : counting(request)));
    const seen = watch(source.queryRange(RANGE, LIMITS));
    await clock.advance(2000);
    expect(seen.series).toHaveLength(1);
  });

  it.each([429, 503])('waits as long as %i says', async (status) => {
    const { clock, requests, source } = setUp((request, asked) =>
      asked === 1 ? answer('', status, '7') : counting(request),
    );
    const seen = watch(source.queryRange(RANGE, LIMITS));
    await clock.advance(6999);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(seen.series).toHaveLength(1);
  });

  it('is given up at once when it is to wait for longer than there is time', async () => {
    const { source, requests } = setUp(() => answer('', 503, '60'));
    await expect(source.queryRange(RANGE, LIMITS)).rejects.toMatchObject({ code: 'unavailable' });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [
      'a refused query',
      answer('{"status":"error","errorType":"bad_data","error":"1:3: what?"}', 400),
      'bad-input',
      /1:3: what/,
    ],
    [
      'too many samples',
      answer(
        '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}',
        422,
      ),
      'too-much',
      /fewer series/,
    ],
    ['a password', answer('', 401), 'forbidden', /token or password/],
    ['another server', answer('<html>', 404), 'bad-input', /404 with HTML/],
    ['a page', answer('<html>'), 'bad-input', /HTML instead of JSON/],
  ])('for %s is not asked again', async (_, reply, code, message) => {
    const { source, requests } = setUp(() => reply);
    await expect(source.queryRange(RANGE, LIMITS)).rejects.toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(requests).toHaveLength(1);
  });

  it.each(['"isPartial":true', '"warnings":["remote_read: remote server answered 503"]'])(
    'is one as well when its answer is a part: %s',
    async (sign) => {
      const part = `{"status":"success",${sign},"data":{"resultType":"matrix","result":[]}}`;
      const { clock, source } = setUp(() => answer(part));
      const seen = watch(source.queryRange(RANGE, LIMITS));
      await clock.advance(2000);
      expect(seen.error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/only a part/) });
    },
  );
});

describe('in time', () => {
  it('a server that never answers is left, and told so', async () => {
    const { clock, requests, source } = setUp(() => new Promise(() => undefined));
    const seen = watch(source.queryRange(RANGE, LIMITS));
    await clock.advance(29_999);
    expect(seen.error).toBeUndefined();
    await clock.advance(1);
    expect(seen.error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/within 30000 ms/) });
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('a caller who leaves is let go, and so is what waits in line', async () => {
    const { requests, source } = setUp(() => new Promise(() => undefined), { maxInFlight: 1 });
    const leaver = new AbortController();
    const first = watch(source.queryRange(RANGE, LIMITS));
    const second = watch(source.queryRange(RANGE, { ...LIMITS, signal: leaver.signal }));
    await settle();
    leaver.abort();
    await settle();
    expect(second.error).toMatchObject({ message: expect.stringMatching(/given up/) });
    expect(first.error).toBeUndefined();
    expect(requests).toHaveLength(1);
  });

  it('only so many are under way, and the line has an end', async () => {
    const waiting: (() => void)[] = [];
    const send = (request: TransportRequest) =>
      new Promise<TransportAnswer>((resolve) => waiting.push(() => resolve(counting(request))));
    const { requests, source } = setUp(send, { maxInFlight: 2, maxWaiting: 3 });
    const seen = Array.from({ length: 5 }, () => watch(source.queryRange(RANGE, LIMITS)));
    await settle();
    expect(requests).toHaveLength(2);
    const late = watch(source.queryRange(RANGE, { ...LIMITS, timeoutMs: 1 }));
    await settle();
    expect(late.error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/3 queries already wait/) });
    for (let round = 0; round < 5; round++) {
      waiting.shift()?.();
      await settle();
    }
    expect(seen.map(({ series }) => series?.length)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('counters', () => {
  it('are what metadata calls so, and the counting parts of histograms and summaries', async () => {
    const text = JSON.stringify({
      status: 'success',
      data: {
        http_requests_total: [{ type: 'counter' }],
        jobs: [{ type: 'counter' }],
        temperature: [{ type: 'gauge' }],
        torn: [{ type: 'counter' }, { type: 'gauge' }],
        latency: [{ type: 'histogram' }],
        size: [{ type: 'summary' }],
      },
    });
    const { source } = setUp(() => answer(text));
    expect(Object.fromEntries(await source.counters())).toEqual({
      http_requests_total: true,
      jobs: true,
      jobs_total: true,
      latency_bucket: true,
      latency_count: true,
      latency_sum: true,
      size: false,
      size_count: true,
      size_sum: true,
      temperature: false,
    });
  });

  it('are none where nobody knows', async () => {
    const { source } = setUp(() => answer('not found', 404));
    expect((await source.counters()).size).toBe(0);
  });
});

describe('the time', () => {
  it.each([
    ['a scalar', '{"status":"success","data":{"resultType":"scalar","result":[1700000000.5,"1700000000.5"]}}'],
    [
      'a vector',
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"1700000000.5"]}]}}',
    ],
  ])('is what it says, as %s', async (_, text) => {
    const { source, requests } = setUp(() => answer(text));
    expect(await source.nowMs(LIMITS)).toBe(1_700_000_000_500);
    expect(requests.map(({ path, parameters }) => [path, parameters.query])).toEqual([['/api/v1/query', 'time()']]);
  });

  it.each([
    ...['{}', '[]', 'no', '{"data":{"resultType":"scalar","result":[1,"NaN"]}}', '{"data":{"result":[]}}'],
    '{"data":{"resultType":"scalar","result":[1,"1e300"]}}',
  ])('is not told by %s', async (text) => {
    const { source } = setUp(() => answer(text));
    await expect(source.nowMs(LIMITS)).rejects.toMatchObject({ code: 'bad-input' });
  });
});

it('errors are AppErrors, also when a transport throws something else', async () => {
  const { clock, source } = setUp(() => {
    throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  });
  const seen = watch(source.queryRange(RANGE, LIMITS));
  await clock.advance(2000);
  expect(seen.error).toBeInstanceOf(AppError);
  expect(seen.error).toMatchObject({
    message:
      'no answer from http://metrics (ECONNREFUSED): is it running, and is its address right? Else name another with --prometheus URL',
  });
});
