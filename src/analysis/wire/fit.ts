// The bytes of Fit, proto/tidewatch/v1/analysis.proto: a history out, the online state after it back.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachField, writeDouble, writeText } from '#kit/protobuf.ts';
import { arenaFor, bytesOf, doublesOf } from './fields.ts';
import { type Method, readMethod, writeMethod } from './method.ts';
import { readWindow, type Window, writeWindow } from './window.ts';

export const FIT = '/tidewatch.v1.Analysis/Fit';

export interface FitRequest {
  readonly method: Method;
  readonly history: Window;
}

export interface FittedState {
  readonly state: Float64Array;
  readonly algorithm: string;
  /** Of the program that fitted. */
  readonly version: string;
  readonly parametersHash: string;
  /** Of the history; 0 when it is empty. */
  readonly lastTimeMs: number;
}

const EMPTY: FitRequest = {
  method: { algorithm: '', parameters: {}, threshold: 0 },
  history: {
    method: 0,
    metricName: '',
    series: { stepMs: 0, timesMs: new Float64Array(0), values: new Float64Array(0) },
  },
};

export function writeFitRequest({ method, history }: FitRequest): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork();
  writeMethod(writer, method);
  writer.join().tag(2, WireType.LengthDelimited).fork();
  writeWindow(writer, history);
  return writer.join().finish();
}

export function readFitRequest(bytes: Uint8Array): FitRequest {
  const reader = new BinaryReader(bytes);
  let { method, history } = EMPTY;
  eachField(reader, reader.len, (field, wire) => {
    if (wire !== WireType.LengthDelimited || field > 2) return false;
    if (field === 1) method = readMethod(reader);
    else history = readWindow(reader, arenaFor(bytes.length));
    return true;
  });
  return { method, history };
}

export function writeFitResponse({ state, algorithm, version, parametersHash, lastTimeMs }: FittedState): Uint8Array {
  const writer = new BinaryWriter();
  if (state.length > 0) writer.tag(1, WireType.LengthDelimited).bytes(bytesOf(state));
  writeText(writer, 2, algorithm);
  writeText(writer, 3, version);
  writeText(writer, 4, parametersHash);
  writeDouble(writer, 5, lastTimeMs);
  return writer.finish();
}

export function readFitResponse(bytes: Uint8Array): FittedState {
  const reader = new BinaryReader(bytes);
  let state = new Uint8Array(0);
  let lastTimeMs = 0;
  const texts = ['', '', ''];
  eachField(reader, reader.len, (field, wire) => {
    if (field === 5 && wire === WireType.Bit64) lastTimeMs = reader.double();
    else if (wire !== WireType.LengthDelimited || field > 4) return false;
    else if (field === 1) state = new Uint8Array(reader.bytes());
    else texts[field - 2] = reader.string();
    return true;
  });
  if (state.length % 8 !== 0) throw new RangeError(`a state of ${state.length} bytes holds no whole doubles`);
  const [algorithm = '', version = '', parametersHash = ''] = texts;
  return { state: doublesOf(state), algorithm, version, parametersHash, lastTimeMs };
}
