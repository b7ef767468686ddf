import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Signal } from '#model/signal.ts';
import { convertNezha } from './nezha.ts';
import { checkNezha } from './nezha-check.ts';

let root = '';
let day = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nezha-'));
});
afterAll(() => rm(root, { recursive: true }));

const POD = 'cart-service-579f59597d-wc2lz';
const time = (clock: string): string => `2022-08-22 ${clock} +0000 UTC m=+0.1`;

/** A made-up day: a pod, the front end and one call, at 03:51, 03:52 and 08:30; a fault at 03:52. */
beforeEach(async () => {
  day = await mkdtemp(join(root, '2022-08-22-'));
  await mkdir(join(day, 'metric'));
  await put('LICENSE', 'MIT License\n');
  await put(`metric/${POD}_metric.csv`, [
    'Time,TimeStamp,PodName,CpuUsage(m),MemoryUsage(Mi),PodServerLatencyP90(s),NodeCpuUsageRate(%)',
    `${time('03:51:19.607158889')},9,${POD},1.7624831358803779,2.5,0.0047,5.3`,
    `${time('03:52:19.5')},9,${POD},,2.5,NaN,5.3`,
    `${time('08:30:19.25')},9,${POD},1e3,2.5,0.1,0`,
  ]);
  await put('metric/front_service.csv', [
    'Time,TimeStamp,ServiceName,SuccessRate(%),LatencyP99(s)',
    `${time('03:51:19.607999')},9,Frontend,99.5,2.365`,
  ]);
  await put('metric/source_50.csv', ['time,timestamp,frontend_cart-service', `${time('03:51:20')},9,0.003`]);
  await put('metric/dependency.csv', [
    'Source,Target,Weight',
    'frontend,cart-service,1',
    'cart-service,33.33.33.80,1',
    'frontend,33.33.33.1,1',
    'frontend,33.33.33.2,1',
  ]);
  const fault = {
    inject_time: '2022-08-22 03:52:00',
    inject_timestamp: '5',
    inject_pod: POD,
    inject_type: 'cpu_contention',
  };
  await put('faults.json', JSON.stringify({ '03': [fault] }));
});

function put(name: string, content: string | readonly string[]): Promise<void> {
  return writeFile(join(day, name), typeof content === 'string' ? content : `${content.join('\n')}\n`);
}

const at = (clock: string, date = '2022-08-22'): number => Date.parse(`${date}T${clock}Z`);
const ofKind = <K extends Signal['kind']>(signals: readonly Signal[], kind: K): Extract<Signal, { kind: K }>[] =>
  signals.filter((signal): signal is Extract<Signal, { kind: K }> => signal.kind === kind);

describe('metrics of a Nezha day', () => {
  test('are series under Prometheus names with labels that say what they are about', async () => {
    const { signals } = await convertNezha(day);
    const [dictionary] = ofKind(signals, 'series');
    const common = { namespace: 'hipster', part_of: 'online-boutique' };
    const pod = { ...common, pod: POD, service: 'cart-service' };
    expect(dictionary?.series.map(({ labels }) => labels)).toEqual([
      { ...pod, __name__: 'pod_cpu_usage_cores' },
      { ...pod, __name__: 'pod_memory_usage_bytes' },
      { ...pod, __name__: 'pod_server_latency_p90_seconds' },
      { ...pod, __name__: 'node_cpu_usage_ratio', node: '33.33.33.80' },
      { ...common, __name__: 'service_success_ratio', service: 'frontend' },
      { ...common, __name__: 'service_latency_p99_seconds', service: 'frontend' },
      {
        ...common,
        __name__: 'call_latency_p50_seconds',
        source: 'frontend',
        destination: 'cart-service',
        reporter: 'source',
      },
    ]);
    expect(dictionary?.series.map(({ id, stepMs }) => [id, stepMs])).toEqual(
      Array.from({ length: 7 }, (_, id) => [id, 60_000]),
    );
  });

  test('come in base units, one frame a moment, rows of the same millisecond joined', async () => {
    const { signals } = await convertNezha(day);
    const frames = ofKind(signals, 'frame').map(({ timeMs, seenMs, ids, values }) => [
      timeMs,
      seenMs,
      [...ids],
      [...values],
    ]);
    const [first, second, third, fourth] = [at('03:51:19.607'), at('03:51:20'), at('03:52:19.500'), at('08:30:19.250')];
    expect(frames).toEqual([
      [first, first, [0, 1, 2, 3, 4, 5], [0.0017624831358803779, 2_621_440, 0.0047, 0.053, 0.995, 2.365]],
      [second, second, [6], [0.003]],
      [third, third, [0, 1, 2, 3], [Number.NaN, 2_621_440, Number.NaN, 0.053]],
      [fourth, fourth, [0, 1, 2, 3], [1, 2_621_440, 0.1, 0]],
    ]);
  });

  test('carry namespace and part_of as asked', async () => {
    const { signals } = await convertNezha(day, { namespace: 'ts', partOf: 'train-ticket' });
    const labels = ofKind(signals, 'series')[0]?.series.map((info) => info.labels);
    expect(labels?.every(({ namespace, part_of }) => namespace === 'ts' && part_of === 'train-ticket')).toBe(true);
  });

  test('need neither calls nor faults nor traces nor a graph', async () => {
    for (const name of ['metric/source_50.csv', 'metric/dependency.csv', 'faults.json']) await rm(join(day, name));
    const { header, signals } = await convertNezha(day);
    expect(header.answerKey).toEqual([]);
    expect(new Set(signals.map(({ kind }) => kind))).toEqual(new Set(['series', 'frame']));
    expect(ofKind(signals, 'series')[0]?.series[3]?.labels).not.toHaveProperty('node');
  });
});

describe('the rest of a Nezha day', () => {
  test('is a header with the notice, a segment of whole minutes, and the answer key by UTC', async () => {
    const { header } = await convertNezha(day, { name: 'a day' });
    expect(header).toMatchObject({
      name: 'a day',
      licence: 'MIT License\n',
      fromMs: at('03:51:00'),
      toMs: at('08:31:00'),
    });
    expect(header.segments).toEqual([
      { name: 'recording', fromMs: at('03:51:00'), toMs: at('08:31:00'), shiftedMs: 0, warmUp: false },
    ]);
    expect(header.answerKey).toEqual([
      { timeMs: at('03:52:00'), pod: POD, service: 'cart-service', type: 'cpu_contention' },
    ]);
  });

  test('is a topology, in which what calls nothing and runs nowhere is a node', async () => {
    const { signals } = await convertNezha(day);
    expect(signals[1]).toMatchObject({
      kind: 'topology',
      seenMs: at('03:51:00'),
      edges: [
        { type: 'calls', from: 'frontend', to: 'cart-service' },
        { type: 'runs-on', from: 'cart-service', to: '33.33.33.80' },
        { type: 'runs-on', from: 'frontend', to: '33.33.33.1' },
        { type: 'runs-on', from: 'frontend', to: '33.33.33.2' },
      ],
    });
  });

  test('is played with its quiet hours first, a day earlier, when they are named', async () => {
    const { header, signals } = await convertNezha(day, { quietFromMs: at('08:24:00') });
    expect(header.segments).toEqual([
      {
        name: 'quiet hours',
        fromMs: at('08:24:00', '2022-08-21'),
        toMs: at('08:31:00', '2022-08-21'),
        shiftedMs: -86_400_000,
        warmUp: true,
      },
      { name: 'fault hours', fromMs: at('03:51:00'), toMs: at('03:53:00'), shiftedMs: 0, warmUp: false },
    ]);
    expect(ofKind(signals, 'frame').map(({ timeMs }) => timeMs)).toEqual([
      at('08:30:19.250', '2022-08-21'),
      at('03:51:19.607'),
      at('03:51:20'),
      at('03:52:19.500'),
    ]);
    expect(signals.map(({ seenMs }) => seenMs)).toEqual(signals.map(({ seenMs }) => seenMs).sort((a, b) => a - b));
  });

  test.each(['03:00:00', '23:00:00'])(
    'refuses quiet hours from %s, which the recording does not have',
    async (clock) => {
      await expect(convertNezha(day, { quietFromMs: at(clock) })).rejects.toThrow(
        /Quiet hours must begin within.*does not fit/,
      );
    },
  );
});

describe('spans of a Nezha day', () => {
  const startNs = (clock: string): string => `${at(clock)}123456`;
  const row = (id: number, clock: string, durationUs: number, parent = 'root'): string =>
    ['trace', `s${id}`, parent, POD, 'GET /', startNs(clock), '0', durationUs].join(',');

  async function spansOf(rows: readonly string[], again: readonly string[] = []) {
    const head = 'TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano,Duration';
    await mkdir(join(day, 'trace'), { recursive: true });
    await writeFile(join(day, 'trace', '03_51_trace.csv.gz'), gzipSync([head, ...rows].join('\n')));
    await writeFile(join(day, 'trace', '03_52_trace.csv.gz'), gzipSync([head, ...again].join('\n')));
    const { signals } = await convertNezha(day);
    return ofKind(signals, 'spans');
  }

  test('are seen at the end of the minute they ended in, with durations in milliseconds', async () => {
    const [first, second] = await spansOf([row(1, '03:51:30', 1500), row(2, '03:51:59.999', 2000, 's1')]);
    expect([first?.timeMs, first?.seenMs, second?.seenMs]).toEqual([at('03:51:00'), at('03:52:00'), at('03:53:00')]);
    const common = { traceId: 'trace', pod: POD, service: 'cart-service', operation: 'GET /' };
    expect(first?.spans).toEqual([{ ...common, spanId: 's1', startMs: at('03:51:30'), durationMs: 1.5 }]);
    expect(second?.spans).toEqual([
      { ...common, spanId: 's2', parentId: 's1', startMs: at('03:51:59.999'), durationMs: 2 },
    ]);
  });

  test('are thirty a minute: the ten slowest and twenty of the rest, whatever the order of the rows', async () => {
    const rows = Array.from({ length: 500 }, (_, id) =>
      row(id, `03:51:${String(id % 60).padStart(2, '0')}`, (id * 7919) % 499),
    );
    const [one] = await spansOf(rows.slice(0, 300), rows.slice(250));
    const [other] = await spansOf(rows.toReversed());
    expect(one?.spans).toHaveLength(30);
    expect(other?.spans).toEqual(one?.spans);
    const durations = one?.spans.map(({ durationMs }) => durationMs).sort((a, b) => b - a);
    expect(durations?.slice(0, 10)).toEqual([0.498, 0.497, 0.496, 0.495, 0.494, 0.493, 0.492, 0.491, 0.49, 0.489]);
    expect(new Set(one?.spans.map(({ spanId }) => spanId)).size).toBe(30);
    expect(Math.min(...(durations ?? []))).toBeLessThan(0.2);
  });

  test('are refused with file and line when a number is not one', async () => {
    const path = /03_51_trace\.csv\.gz:3: .*duration "soon"/;
    const wrong = ['t', 's', 'root', POD, 'o', startNs('03:51:00'), '0', 'soon'].join(',');
    await expect(spansOf([row(1, '03:51:30', 1), wrong])).rejects.toThrow(path);
  });
});

describe('a folder that is not a Nezha day', () => {
  test.each<[string, () => Promise<void>, string, RegExp]>([
    [
      'has no metric folder',
      () => rm(join(day, 'metric'), { recursive: true }),
      'not-found',
      /metric cannot be listed/,
    ],
    ['has no notice', () => rm(join(day, 'LICENSE')), 'bad-input', /No LICENSE in/],
    ['has answers that are not JSON', () => put('faults.json', '{'), 'bad-input', /faults\.json is not JSON/],
    [
      'has answers of another shape',
      () => put('faults.json', '{"03":[{}]}'),
      'bad-input',
      /faults\.json: .*inject_time/s,
    ],
    [
      'has a column nobody knows',
      () => put('metric/front_service.csv', `Time,TimeStamp,ServiceName,Mood\n`),
      'bad-input',
      /"ServiceName" must hold one name/,
    ],
    [
      'has a metric nobody knows',
      () => put('metric/front_service.csv', `Time,TimeStamp,ServiceName,Mood\n${time('03:51:19')},9,F,1\n`),
      'bad-input',
      /column "Mood" is not one of SuccessRate/,
    ],
    [
      'has a call without a callee',
      () => put('metric/source_50.csv', `time,timestamp,frontend\n${time('03:51:19')},9,1\n`),
      'bad-input',
      /"frontend" is not named <caller>_<callee>/,
    ],
    [
      'has time that does not go on',
      () => put('metric/source_50.csv', `time,timestamp,a_b\n${time('03:51:19')},9,1\n${time('03:51:19')},9,1\n`),
      'bad-input',
      /source_50\.csv:3: its time is not after/,
    ],
  ])('is refused when it %s', async (_, spoil, code, message) => {
    await spoil();
    await expect(convertNezha(day)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('the check of a converted tape', () => {
  async function* stream(signals: readonly Signal[]): AsyncGenerator<Signal> {
    yield* signals;
  }

  test('finds every cell where it belongs', async () => {
    const options = { quietFromMs: at('08:24:00') };
    const { signals } = await convertNezha(day, options);
    expect(await checkNezha(day, options, stream(signals))).toEqual({ cells: 15, samples: 15, differences: [] });
  });

  test('names the cell that differs by one bit, and the sample that no file has', async () => {
    const { signals } = await convertNezha(day);
    const frame = ofKind(signals, 'frame').at(-1);
    if (frame === undefined) throw new Error('the fixture has frames');
    frame.values[2] = 0.1 + Number.EPSILON / 8;
    const extra: Signal = {
      ...frame,
      timeMs: frame.timeMs + 1,
      ids: frame.ids.slice(0, 1),
      values: frame.values.slice(0, 1),
    };
    const { differences } = await checkNezha(day, {}, stream([...signals, extra]));
    expect(differences).toEqual([
      expect.stringMatching(/_metric\.csv:4 pod_server_latency_p90_seconds\{.*\}: "0\.1" is 0\.1000/),
      'the files have 15 cells, the tape 16 samples',
    ]);
  });
});
