// The bytes of ScoreWindows, proto/tidewatch/v1/analysis.proto: many windows out, one outcome each back.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { AppError } from '#kit/errors.ts';
import { eachField, nestedEnd, writeText } from '#kit/protobuf.ts';
import type { AnalysisOutcome } from '../contract.ts';
import { arenaFor, columnValues, emptyColumn, readDoubles, writeDoubles } from './fields.ts';
import { type Method, readMethod, writeMethod } from './method.ts';
import { readWindow, type Window, writeWindow } from './window.ts';

export const SCORE_WINDOWS = '/tidewatch.v1.Analysis/ScoreWindows';

export interface ScoreWindowsRequest {
  readonly methods: readonly Method[];
  readonly windows: readonly Window[];
}

type Failure = Extract<AnalysisOutcome, { ok: false }>;
const TOO_SHORT = 1;
const REFUSED = 2;

export function writeScoreWindowsRequest({ methods, windows }: ScoreWindowsRequest): Uint8Array {
  const writer = new BinaryWriter();
  for (const method of methods) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeMethod(writer, method);
    writer.join();
  }
  for (const window of windows) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writeWindow(writer, window);
    writer.join();
  }
  return writer.finish();
}

/**
 * `most` of windows and of methods; more are not read on, because an empty one has two bytes and takes hundreds in memory.
 */
export function readScoreWindowsRequest(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): ScoreWindowsRequest {
  const reader = new BinaryReader(bytes);
  const methods: Method[] = [];
  const windows: Window[] = [];
  const arena = arenaFor(bytes.length);
  eachField(reader, reader.len, (field, wire) => {
    if (wire !== WireType.LengthDelimited || field > 2) return false;
    if (field === 1) methods.push(readMethod(reader));
    else windows.push(readWindow(reader, arena));
    if (Math.max(methods.length, windows.length) > most) {
      throw new AppError('bad-input', `a call has at most ${most} windows: send fewer at a time`);
    }
    return true;
  });
  return { methods, windows };
}

export function writeScoreWindowsResponse(windows: readonly AnalysisOutcome[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const window of windows) {
    writer.tag(1, WireType.LengthDelimited).fork();
    if (window.ok) {
      writeDoubles(writer, 1, window.scores);
      writeDoubles(writer, 2, window.expected);
      writeDoubles(writer, 3, window.lower);
      writeDoubles(writer, 4, window.upper);
    } else {
      writer.tag(5, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.Varint).int32(window.reason === 'too-short' ? TOO_SHORT : REFUSED);
      writeText(writer, 2, window.message);
      writer.join();
    }
    writer.join();
  }
  return writer.finish();
}

/** The columns as they came: their lengths are the caller's to check. */
export function readScoreWindowsResponse(bytes: Uint8Array): readonly AnalysisOutcome[] {
  const reader = new BinaryReader(bytes);
  const windows: AnalysisOutcome[] = [];
  eachField(reader, reader.len, (field, wire) => {
    if (field !== 1 || wire !== WireType.LengthDelimited) return false;
    windows.push(readOutcome(reader));
    return true;
  });
  return windows;
}

function readOutcome(reader: BinaryReader): AnalysisOutcome {
  const columns = [emptyColumn(), emptyColumn(), emptyColumn(), emptyColumn()] as const;
  let failure: Failure | undefined;
  eachField(reader, nestedEnd(reader), (field, wire) => {
    const column = columns[field - 1];
    if (column !== undefined) return readDoubles(reader, wire, column);
    if (field !== 5 || wire !== WireType.LengthDelimited) return false;
    failure = readFailure(reader);
    return true;
  });
  if (failure !== undefined) return failure;
  const [scores, expected, lower, upper] = columns;
  return {
    ok: true,
    scores: columnValues(scores),
    expected: columnValues(expected),
    lower: columnValues(lower),
    upper: columnValues(upper),
  };
}

function readFailure(reader: BinaryReader): Failure {
  let [code, message] = [0, ''];
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.Varint) code = reader.int32();
    else if (field === 2 && wire === WireType.LengthDelimited) message = reader.string();
    else return false;
    return true;
  });
  // A code that is not known yet is no warm-up.
  return { ok: false, reason: code === TOO_SHORT ? 'too-short' : 'refused', message };
}
