// The door as a client sees it, over real gRPC on loopback.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptorExt from 'protobufjs/ext/descriptor/index.js';
import { afterEach, describe, expect, it } from 'vitest';
import { DETECT_ANOMALIES, readAnalysisResult, writeTimeSeriesData } from '#analysis/wire/detect-anomalies.ts';
import { FIT, readFitResponse, writeFitRequest } from '#analysis/wire/fit.ts';
import { readScoreWindowsResponse, SCORE_WINDOWS, writeScoreWindowsRequest } from '#analysis/wire/score-windows.ts';
import type { Algorithm } from '#detect/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { DESCRIPTORS } from './descriptors.ts';
import { type AnalysisServerOptions, createAnalysisServer } from './server.ts';

const log = createLog('silent');
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const asIs = (bytes: Uint8Array) => Buffer.from(bytes);
async function open(options: Partial<AnalysisServerOptions> = {}) {
  const server = createAnalysisServer({ algorithms: ALGORITHMS, version: '1', clock: systemClock, log, ...options });
  const { port } = await server.listen({ port: 0 });
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
  return { server, client, call, port };
}

const minutes = (count: number, startMs = 1_760_000_000_000) =>
  Float64Array.from({ length: count }, (_, index) => startMs + index * 60_000);
const wave = (count: number) => Float64Array.from({ length: count }, (_, index) => 50 + 10 * Math.sin(index));
const series = (count: number) => ({ stepMs: 60_000, timesMs: minutes(count), values: wave(count) });

describe('DetectAnomalies', () => {
  const ask = async (
    values: readonly number[],
    parameters: Record<string, number> = {},
    timesMs = minutes(values.length),
  ) => {
    const { call } = await open();
    const entries = new Map(Object.entries(parameters));
    const data = { metricName: 'm', timesMs, values: Float64Array.from(values), parameters: entries };
    return readAnalysisResult(await call(DETECT_ANOMALIES, writeTimeSeriesData(data)));
  };
  const usual = [10, 11, 9, 10, 11, 9, 10, 11, 9, 10];

  it('answers the golden file’s scores', async () => {
    const path = fileURLToPath(new URL('../../analysis/golden/detect-anomalies.json', import.meta.url));
    const golden = JSON.parse(readFileSync(path, 'utf8'));
    const { call } = await open();
    const result = readAnalysisResult(await call(DETECT_ANOMALIES, Buffer.from(golden.requestHex, 'hex')));
    for (const [index, score] of golden.result.scores.entries()) expect(result.scores[index]).toBeCloseTo(score, 12);
    expect(Array.from(result.anomalies)).toEqual(golden.result.anomalies);
    expect(Array.from(result.timesMs)).toEqual(golden.request.timesMs);
  });

  it('is signed, by the population’s standard deviation', async () => {
    const { scores } = await ask([...Array(9).fill(0), -10]);
    expect(scores[9]).toBeCloseTo(-3, 12);
    expect(scores[0]).toBeCloseTo(1 / 3, 12);
  });

  it('takes 3.0 when there is no threshold, and is strict', async () => {
    // Of ten points the last is at −3 within rounding, whichever side; eleven zeros put it beyond.
    expect((await ask([...Array(9).fill(0), -8])).anomalies[9]).toBe(0);
    expect((await ask([...Array(11).fill(0), -8])).anomalies[11]).toBe(1);
    const { scores, anomalies } = await ask([-1, 1, -1, 1, -1, 1, -1, 1, -1, 1], { threshold: 1 });
    expect([...new Set(scores.map(Math.abs))]).toEqual([1]);
    expect(anomalies.includes(1)).toBe(false);
  });

  it('takes a threshold of 0 as 0, and knows no other parameter', async () => {
    expect(Array.from((await ask(usual, { threshold: 0, sensitivity: 9 })).anomalies)).toEqual([
      0, 1, 1, 0, 1, 1, 0, 1, 1, 0,
    ]);
  });

  it.each([0, 7, 0.1, -1e9, 3.3e12])('gives zeros where all is %f', async (value) => {
    const { scores, anomalies } = await ask(Array(30).fill(value));
    expect(scores.every((score) => score === 0)).toBe(true);
    expect(anomalies.includes(1)).toBe(false);
  });

  it('takes NaN and infinities as missing: not counted, score 0, no anomaly', async () => {
    const { scores, anomalies } = await ask([...usual, Number.NaN, Infinity, -Infinity], { threshold: 0 });
    const alone = await ask(usual, { threshold: 0 });
    expect(Array.from(scores)).toEqual([...alone.scores, 0, 0, 0]);
    expect(Array.from(anomalies.slice(10))).toEqual([0, 0, 0]);
  });

  it('scores by place, whatever the times: the contract asks no order of them', async () => {
    const ordered = await ask(usual);
    for (const times of [new Float64Array(10), minutes(10).reverse()]) {
      const { timesMs, scores } = await ask(usual, {}, times);
      expect([Array.from(timesMs), Array.from(scores)]).toEqual([Array.from(times), Array.from(ordered.scores)]);
    }
  });

  it.each([
    ['fewer than 10 points', usual.slice(1), {}, undefined, /at least 10 data points are required: 9 were given/],
    ['nothing', [], {}, undefined, /0 were given/],
    ['9 values among 10 points', [...usual.slice(1), Number.NaN], {}, undefined, /9, of 10, have a value/],
    ['a threshold that is none', usual, { threshold: Number.NaN }, undefined, /"threshold" is NaN/],
    ['too many points', wave(10_001), {}, undefined, /more than the 10000/],
  ])('refuses %s', async (_, values, parameters, timesMs, sentence) => {
    const refusal = await ask([...values], parameters, timesMs).catch((error: ServiceError) => error);
    expect(refusal).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringMatching(sentence) });
  });

  it('refuses bytes that are no message, and a message that is too large', async () => {
    const { call } = await open();
    await expect(call(DETECT_ANOMALIES, Buffer.from('12ff', 'hex'))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    await expect(call(DETECT_ANOMALIES, Buffer.alloc(2 * 1024 * 1024 + 1))).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    });
  });
});

describe('ScoreWindows', () => {
  it('gives what each algorithm gives, and each window its own failure', async () => {
    const { call } = await open();
    const methods = [
      { algorithm: 'z-score', parameters: {}, threshold: 3 },
      { algorithm: 'median-mad', parameters: {}, threshold: 3 },
      { algorithm: 'z-scroe', parameters: {}, threshold: 3 },
      { algorithm: 'ema', parameters: { sparkle: true }, threshold: 3 },
    ];
    const unsorted = { ...series(20), timesMs: minutes(20).reverse() };
    const windows = [
      ...[0, 1, 2, 3, 4].map((method) => ({ method, metricName: 'm', series: series(200) })),
      { method: 0, metricName: 'm', series: series(9) },
      { method: 0, metricName: 'm', series: unsorted },
    ];
    const outcomes = readScoreWindowsResponse(
      await call(SCORE_WINDOWS, writeScoreWindowsRequest({ methods, windows })),
    );
    expect(outcomes[0]).toEqual({
      ok: true,
      ...ALGORITHMS['z-score'].create({}, { stepMs: 60_000 }).score(series(200)),
    });
    const settings = Object.fromEntries(
      Object.entries(ALGORITHMS['median-mad'].params as Algorithm['params']).flatMap(([name, { default: value }]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
    expect(outcomes[1]).toEqual({
      ok: true,
      ...ALGORITHMS['median-mad'].create(settings, { stepMs: 60_000 }).score(series(200)),
    });
    expect(outcomes.slice(2)).toMatchObject([
      { reason: 'refused', message: expect.stringContaining('did you mean "z-score"?') },
      { reason: 'refused', message: expect.stringContaining('unknown parameter "sparkle"') },
      { reason: 'refused', message: expect.stringContaining('no method 4') },
      { reason: 'too-short', message: expect.stringContaining('9 points have a value (of 9)') },
      { reason: 'refused', message: expect.stringContaining('sort by time') },
    ]);
  });

  it('lets health answer while it scores', async () => {
    const seen: string[] = [];
    const slow: Algorithm = {
      ...ALGORITHMS['z-score'],
      create: (values, deps) => {
        const scorer = ALGORITHMS['z-score'].create(values, deps);
        return {
          score: (one) => {
            seen.push('window');
            return scorer.score(one);
          },
        };
      },
    };
    const { call } = await open({ algorithms: { ...ALGORITHMS, 'z-score': slow }, limits: { sliceMs: 0 } });
    const methods = [{ algorithm: 'z-score', parameters: {}, threshold: 3 }];
    const windows = Array.from({ length: 1000 }, () => ({ method: 0, metricName: '', series: series(60) }));
    const scored = call(SCORE_WINDOWS, writeScoreWindowsRequest({ methods, windows })).then(() => seen.push('scored'));
    await call('/grpc.health.v1.Health/Check', Buffer.alloc(0)).then(() => seen.push('health'));
    await scored;
    expect(seen.indexOf('health')).toBeLessThan(seen.indexOf('scored'));
  });

  it('takes no more calls than it may, and says so', async () => {
    const calls: (readonly [string, number])[] = [];
    const metrics = { called: (method: string, code: number) => void calls.push([method, code]), underWay: () => {} };
    const { call } = await open({ limits: { calls: 1, sliceMs: 0 }, metrics });
    const methods = [{ algorithm: 'z-score', parameters: {}, threshold: 3 }];
    const windows = Array.from({ length: 1000 }, () => ({ method: 0, metricName: '', series: series(60) }));
    const bytes = writeScoreWindowsRequest({ methods, windows });
    const ended = await Promise.allSettled([call(SCORE_WINDOWS, bytes), call(SCORE_WINDOWS, bytes)]);
    const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(reasons).toMatchObject([
      { code: status.RESOURCE_EXHAUSTED, details: expect.stringContaining('add an analyser') },
    ]);
    expect(calls.map(([, code]) => code).sort()).toEqual([status.OK, status.RESOURCE_EXHAUSTED]);
  });

  it('hides what an algorithm throws', async () => {
    const broken: Algorithm = {
      ...ALGORITHMS.ema,
      create: () => ({
        score: () => {
          throw new TypeError('secret');
        },
      }),
    };
    const { call } = await open({ algorithms: { ...ALGORITHMS, broken } });
    const methods = [{ algorithm: 'broken', parameters: {}, threshold: 3 }];
    const windows = [{ method: 0, metricName: '', series: series(60) }];
    const [outcome] = readScoreWindowsResponse(
      await call(SCORE_WINDOWS, writeScoreWindowsRequest({ methods, windows })),
    );
    expect(outcome).toMatchObject({ ok: false, message: expect.not.stringContaining('secret') });
  });
});

describe('Fit', () => {
  it('gives the state that the algorithm gives, and whom it belongs to', async () => {
    const { call } = await open();
    const name = 'rolling-z-score';
    const method = { algorithm: name, parameters: {}, threshold: 3 };
    const history = { method: 0, metricName: 'm', series: series(200) };
    const fitted = readFitResponse(await call(FIT, writeFitRequest({ method, history })));
    const settings = Object.fromEntries(
      Object.entries(ALGORITHMS[name].params as Algorithm['params']).flatMap(([key, { default: value }]) =>
        value === undefined ? [] : [[key, value]],
      ),
    );
    const online = (ALGORITHMS[name] as Algorithm).create(settings, { stepMs: 60_000 }).online;
    expect(fitted.state).toEqual(online?.start(series(200)));
    expect(fitted).toMatchObject({ algorithm: name, version: '1', lastTimeMs: series(200).timesMs.at(-1) });
    expect(fitted.parametersHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses a method that cannot go point by point', async () => {
    const { call } = await open();
    const method = { algorithm: 'z-score', parameters: {}, threshold: 3 };
    const asked = call(FIT, writeFitRequest({ method, history: { method: 0, metricName: 'm', series: series(20) } }));
    await expect(asked).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('no online form'),
    });
  });
});

describe('the door', () => {
  it('does not open beyond loopback without mTLS', async () => {
    const server = createAnalysisServer({ algorithms: ALGORITHMS, version: '1', clock: systemClock, log });
    await expect(server.listen({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining('mTLS'),
    });
  });

  it('says what is wrong with its certificate', async () => {
    const credentials = { cert: 'no', key: 'no', ca: 'no' };
    const server = createAnalysisServer({ algorithms: ALGORITHMS, version: '1', clock: systemClock, log, credentials });
    const refusal = { code: 'bad-config', message: expect.stringContaining('as PEM') };
    await expect(server.listen({ port: 0 })).rejects.toMatchObject(refusal);
  });

  it('says who has the port', async () => {
    const { port } = await open();
    const second = createAnalysisServer({ algorithms: ALGORITHMS, version: '1', clock: systemClock, log });
    await expect(second.listen({ port })).rejects.toMatchObject({ code: 'in-use' });
  });

  it('tells who watches its health that it ends', async () => {
    const { client, server } = await open();
    const watch = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', asIs, asIs, Buffer.alloc(0));
    const seen: number[] = [];
    const ended = new Promise((resolve) => watch.on('end', resolve));
    watch.on('error', () => {});
    await new Promise<void>((resolve) => {
      watch.on('data', (bytes: Buffer) => {
        seen.push(bytes[1] ?? 0);
        resolve();
      });
    });
    await server.close(1000);
    await ended;
    expect(seen).toEqual([1, 2]);
  });

  it('knows which services its health is asked for', async () => {
    const { call } = await open();
    const named = (name: string) => new BinaryWriter().tag(1, WireType.LengthDelimited).string(name).finish();
    expect(await call('/grpc.health.v1.Health/Check', named('tidewatch.v1.Analysis'))).toEqual(Buffer.from([8, 1]));
    await expect(call('/grpc.health.v1.Health/Check', named('nobody'))).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });
});

describe('the descriptors', () => {
  const files = ['analysis.proto', 'tidewatch/v1/analysis.proto'];
  // The extension adds it, and its types do not tell.
  const { fromDescriptor } = protobuf.Root as unknown as { fromDescriptor(set: object): protobuf.Root };

  it.each(files)('of %s say what the file says', (name) => {
    const root = new protobuf.Root();
    root.loadSync(fileURLToPath(new URL(`../../../proto/${name}`, import.meta.url)));
    const written = descriptorExt.FileDescriptorProto.decode(
      Buffer.from(DESCRIPTORS.find((file) => file.name === name)?.base64 ?? '', 'base64'),
    );
    const given = fromDescriptor({ file: [written] });
    expect(outline(given.resolveAll())).toEqual(outline(root.resolveAll()));
  });
});

/** Every service, message and enum, with the numbers and types of its fields; a map as the entries that it is on the wire. */
function outline(root: protobuf.NamespaceBase): string[] {
  return root.nestedArray
    .flatMap((one) => [...linesOf(one), ...(one instanceof protobuf.Namespace ? outline(one) : [])])
    .sort();
}

function linesOf(one: protobuf.ReflectionObject): string[] {
  const at = one.fullName;
  if (one instanceof protobuf.Enum) return Object.entries(one.values).map(([name, value]) => `${at} ${name} ${value}`);
  if (one instanceof protobuf.Service) {
    return one.methodsArray.map(
      ({ name, resolvedRequestType: asked, resolvedResponseType: given }) =>
        `${at} ${name} ${asked?.fullName} ${given?.fullName}`,
    );
  }
  if (!(one instanceof protobuf.Type)) return [];
  return one.fieldsArray.flatMap((field) => {
    const type = field.resolvedType?.fullName ?? field.type;
    const line = `${at} ${field.id} ${protobuf.util.camelCase(field.name)}`;
    if (!field.map) return [`${line} ${field.repeated} ${type}`];
    const entry = `${at}.${field.name.replace(/^./, (letter) => letter.toUpperCase())}Entry`;
    return [`${line} true ${entry}`, `${entry} 1 key false string`, `${entry} 2 value false ${type}`];
  });
}
