// The codecs against protobufjs, which reads proto/ itself: what one writes the other reads, whatever it is.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { AnalysisOutcome } from '../contract.ts';
import {
  readAnalysisResult,
  readTimeSeriesData,
  writeAnalysisResult,
  writeTimeSeriesData,
} from './detect-anomalies.ts';
import { readFitRequest, readFitResponse, writeFitRequest, writeFitResponse } from './fit.ts';
import {
  readScoreWindowsRequest,
  readScoreWindowsResponse,
  writeScoreWindowsRequest,
  writeScoreWindowsResponse,
} from './score-windows.ts';

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const root = new protobuf.Root().loadSync([path('proto/analysis.proto'), path('proto/tidewatch/v1/analysis.proto')], {
  keepCase: false,
});
const golden = JSON.parse(readFileSync(path('src/analysis/golden/detect-anomalies.json'), 'utf8'));

const peer = (name: string) => {
  const type = root.lookupType(name);
  return {
    write: (value: object) => type.encode(type.fromObject(value)).finish(),
    read: (bytes: Uint8Array) =>
      type.toObject(type.decode(bytes), { longs: Number, arrays: true, objects: true, defaults: true, bytes: Array }),
  };
};
const plain = (values: Float64Array) => Array.from(values);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const double = fc.double();
const whole = fc.maxSafeInteger();
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const column = fc.array(double, { maxLength: 40 }).map((values) => Float64Array.from(values));
const points = fc.array(fc.tuple(whole, double), { maxLength: 30 });
const method = fc.record({
  algorithm: text,
  parameters: fc.dictionary(text, fc.oneof(double, text, fc.boolean()), { maxKeys: 5, noNullPrototype: true }),
  threshold: double,
});
const window = fc.record({
  method: fc.nat(),
  metricName: text,
  series: fc.record({ stepMs: double, timesMs: column, values: column }),
});
type Value = string | number | boolean;
const theirMethod = ({
  algorithm,
  parameters,
  threshold,
}: {
  algorithm: string;
  parameters: Record<string, Value>;
  threshold: number;
}) => ({
  algorithm,
  threshold,
  parameters: Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? { number: value } : typeof value === 'string' ? { text: value } : { flag: value },
    ]),
  ),
});
const theirWindow = (one: {
  method: number;
  metricName: string;
  series: { stepMs: number; timesMs: Float64Array; values: Float64Array };
}) => ({
  method: one.method,
  metricName: one.metricName,
  stepMs: one.series.stepMs,
  timesMs: plain(one.series.timesMs),
  values: plain(one.series.values),
});
const outcome: fc.Arbitrary<AnalysisOutcome> = fc.oneof(
  fc.record({ ok: fc.constant(true as const), scores: column, expected: column, lower: column, upper: column }),
  fc.record({ ok: fc.constant(false as const), reason: fc.constantFrom('too-short', 'refused'), message: text }),
);
const theirOutcome = (one: AnalysisOutcome) =>
  one.ok
    ? {
        scores: plain(one.scores),
        expected: plain(one.expected),
        lower: plain(one.lower),
        upper: plain(one.upper),
        failure: null,
      }
    : {
        ...{ scores: [], expected: [], lower: [], upper: [] },
        failure: { code: one.reason === 'too-short' ? 1 : 2, message: one.message },
      };

/** The same message with fields of every wire type that nobody knows, before and after. */
function withUnknown(bytes: Uint8Array): Uint8Array {
  const unknown = (writer: BinaryWriter) =>
    writer
      .tag(100, WireType.Varint)
      .uint64(2n ** 63n)
      .tag(101, WireType.Bit64)
      .double(1)
      .tag(102, WireType.LengthDelimited)
      .string('later')
      .tag(103, WireType.Bit32)
      .fixed32(7)
      .tag(104, WireType.StartGroup)
      .tag(104, WireType.EndGroup);
  const writer = unknown(new BinaryWriter());
  return unknown(writer.raw(bytes)).finish();
}

describe('DetectAnomalies', () => {
  const data = peer('analysis.TimeSeriesData');
  const result = peer('analysis.AnalysisResult');

  it('writes and reads requests as protobufjs does', () => {
    fc.assert(
      fc.property(text, points, fc.array(fc.tuple(text, double), { maxLength: 4 }), (metricName, rows, entries) => {
        const parameters = new Map(entries);
        const dataPoints = rows.map(([timestampMs, value]) => ({ timestampMs, value }));
        const ours = {
          metricName,
          timesMs: Float64Array.from(rows, ([time]) => time),
          values: Float64Array.from(rows, ([, value]) => value),
          parameters,
        };
        // Object.fromEntries, so that a key "__proto__" is one.
        const theirs = { metricName, dataPoints, parameters: Object.fromEntries(parameters) };
        if (!parameters.has('__proto__')) expect(data.read(writeTimeSeriesData(ours))).toEqual(theirs);
        expect(readTimeSeriesData(withUnknown(data.write(theirs)))).toEqual(ours);
      }),
    );
  });

  it('writes and reads results as protobufjs does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(whole, double, fc.boolean()), { maxLength: 30 }), text, (rows, errorMessage) => {
        const ours = {
          timesMs: Float64Array.from(rows, ([time]) => time),
          scores: Float64Array.from(rows, ([, score]) => score),
          anomalies: Uint8Array.from(rows, ([, , anomaly]) => Number(anomaly)),
          errorMessage,
        };
        const scores = rows.map(([timestampMs, score, isAnomaly]) => ({ timestampMs, score, isAnomaly }));
        expect(result.read(writeAnalysisResult(ours))).toEqual({ scores, errorMessage });
        expect(readAnalysisResult(withUnknown(result.write({ scores, errorMessage })))).toEqual(ours);
      }),
    );
  });

  it('has the bytes of the golden file, which never change', () => {
    const { timesMs, values, parameters, metricName } = golden.request;
    const request = {
      metricName,
      timesMs: Float64Array.from(timesMs),
      values: Float64Array.from(values),
      parameters: new Map<string, number>(Object.entries(parameters)),
    };
    expect(hex(writeTimeSeriesData(request))).toBe(golden.requestHex);
    expect(readTimeSeriesData(Buffer.from(golden.requestHex, 'hex'))).toEqual(request);
    const result = {
      timesMs: request.timesMs,
      scores: Float64Array.from(golden.result.scores),
      anomalies: Uint8Array.from(golden.result.anomalies),
      errorMessage: golden.result.errorMessage,
    };
    expect(hex(writeAnalysisResult(result))).toBe(golden.resultHex);
    expect(readAnalysisResult(Buffer.from(golden.resultHex, 'hex'))).toEqual(result);
  });

  it('refuses a time that a double does not hold, both ways', () => {
    const bytes = new BinaryWriter()
      .tag(2, WireType.LengthDelimited)
      .fork()
      .tag(1, WireType.Varint)
      .int64(2n ** 53n);
    expect(() => readTimeSeriesData(bytes.join().finish())).toThrow(/9007199254740992 is beyond/);
    const one = { metricName: '', values: Float64Array.of(1), parameters: new Map<string, number>() };
    expect(() => writeTimeSeriesData({ ...one, timesMs: Float64Array.of(0.5) })).toThrow(/0\.5 is not whole/);
  });
});

describe('tidewatch.v1', () => {
  it('writes and reads ScoreWindows as protobufjs does', () => {
    const request = peer('tidewatch.v1.ScoreWindowsRequest');
    const response = peer('tidewatch.v1.ScoreWindowsResponse');
    fc.assert(
      fc.property(fc.array(method, { maxLength: 3 }), fc.array(window, { maxLength: 4 }), (methods, windows) => {
        fc.pre(!methods.some(({ parameters }) => Object.hasOwn(parameters, '__proto__')));
        const theirs = { methods: methods.map(theirMethod), windows: windows.map(theirWindow) };
        expect(request.read(writeScoreWindowsRequest({ methods, windows }))).toEqual(theirs);
        expect(readScoreWindowsRequest(withUnknown(request.write(theirs)))).toEqual({ methods, windows });
      }),
    );
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 6 }), (outcomes) => {
        const theirs = { windows: outcomes.map(theirOutcome) };
        expect(response.read(writeScoreWindowsResponse(outcomes))).toEqual(theirs);
        expect(readScoreWindowsResponse(withUnknown(response.write(theirs)))).toEqual(outcomes);
      }),
    );
  });

  it('writes and reads Fit as protobufjs does', () => {
    const request = peer('tidewatch.v1.FitRequest');
    const response = peer('tidewatch.v1.FitResponse');
    fc.assert(
      fc.property(method, window, column, text, double, (how, history, state, version, lastTimeMs) => {
        fc.pre(!Object.hasOwn(how.parameters, '__proto__'));
        const theirs = { method: theirMethod(how), history: theirWindow(history) };
        expect(request.read(writeFitRequest({ method: how, history }))).toEqual(theirs);
        expect(readFitRequest(withUnknown(request.write(theirs)))).toEqual({ method: how, history });
        const fitted = { state, algorithm: how.algorithm, version, parametersHash: 'ab12', lastTimeMs };
        const bytes = Array.from(new Uint8Array(state.buffer));
        expect(response.read(writeFitResponse(fitted))).toEqual({ ...fitted, state: bytes });
        expect(readFitResponse(withUnknown(response.write({ ...fitted, state: Buffer.from(bytes) })))).toEqual(fitted);
      }),
    );
  });

  it('reads columns that are not packed, or in several runs', () => {
    const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Bit64).double(1).tag(1, WireType.LengthDelimited).fork().double(2).double(3).join();
    writer.tag(1, WireType.Bit64).double(4).join();
    expect(readScoreWindowsResponse(writer.finish())).toMatchObject([{ scores: Float64Array.of(1, 2, 3, 4) }]);
  });

  it('is not read on beyond the most windows, of which an empty one has two bytes', () => {
    const empty = Uint8Array.from({ length: 2000 }, (_, at) => (at % 2 === 0 ? 0x12 : 0));
    expect(readScoreWindowsRequest(empty).windows).toHaveLength(1000);
    expect(() => readScoreWindowsRequest(empty, 999)).toThrow(/at most 999 windows/);
  });

  it('keeps a parameter called __proto__ an ordinary name', () => {
    const parameters = JSON.parse('{"__proto__": 1}');
    const sent = { methods: [{ algorithm: 'ema', parameters, threshold: 3 }], windows: [] };
    const [read] = readScoreWindowsRequest(writeScoreWindowsRequest(sent)).methods;
    expect(Object.entries(read?.parameters ?? {})).toEqual([['__proto__', 1]]);
  });
});

describe('bytes that are no message', () => {
  const readers = [
    readTimeSeriesData,
    readAnalysisResult,
    readScoreWindowsRequest,
    readScoreWindowsResponse,
    readFitRequest,
    readFitResponse,
  ];

  it('are refused with an error, never read beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...readers), (bytes, read) => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a nested message that is longer than the whole', '12ff01'],
    ['a field that is longer than its message', '12020aff'],
    ['a point that ends in its value', '12031100'],
  ])('are refused: %s', (_, bytes) => {
    expect(() => readTimeSeriesData(Buffer.from(bytes, 'hex'))).toThrow();
  });

  it('are refused when a column has no whole doubles', () => {
    expect(() => readScoreWindowsResponse(Buffer.from('0a050a03000000', 'hex'))).toThrow(/3 bytes/);
  });
});
