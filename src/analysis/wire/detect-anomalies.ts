// The old contract's bytes, proto/analysis.proto. Points are columns here, though the wire has a message for each.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { AppError } from '#kit/errors.ts';
import { eachField, nestedEnd, writeDouble, writeText } from '#kit/protobuf.ts';
import { append, type Column, columnValues, emptyColumn, readWhole } from './fields.ts';

export const DETECT_ANOMALIES = '/analysis.AnomalyAnalysis/DetectAnomalies';

export interface TimeSeriesData {
  readonly metricName: string;
  /** Whole epoch milliseconds. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly parameters: ReadonlyMap<string, number>;
}

export interface AnalysisResult {
  readonly timesMs: Float64Array;
  readonly scores: Float64Array;
  /** 1 where the point is an anomaly. */
  readonly anomalies: Uint8Array;
  readonly errorMessage: string;
}

export function writeTimeSeriesData({ metricName, timesMs, values, parameters }: TimeSeriesData): Uint8Array {
  const writer = new BinaryWriter();
  writeText(writer, 1, metricName);
  for (let index = 0; index < timesMs.length; index++) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writeTime(writer, timesMs[index] as number);
    writeDouble(writer, 2, values[index] as number);
    writer.join();
  }
  for (const [name, value] of parameters) {
    writer.tag(3, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.Bit64).double(value).join();
  }
  return writer.finish();
}

export function readTimeSeriesData(bytes: Uint8Array): TimeSeriesData {
  const reader = new BinaryReader(bytes);
  const [timesMs, values] = [emptyColumn(), emptyColumn()];
  const parameters = new Map<string, number>();
  let metricName = '';
  eachField(reader, reader.len, (field, wire) => {
    if (wire !== WireType.LengthDelimited || field > 3) return false;
    if (field === 1) metricName = reader.string();
    else if (field === 2) readRow(reader, timesMs, values);
    else parameters.set(...readParameter(reader));
    return true;
  });
  return { metricName, timesMs: columnValues(timesMs), values: columnValues(values), parameters };
}

export function writeAnalysisResult({ timesMs, scores, anomalies, errorMessage }: AnalysisResult): Uint8Array {
  const writer = new BinaryWriter();
  for (let index = 0; index < timesMs.length; index++) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeTime(writer, timesMs[index] as number);
    writeDouble(writer, 2, scores[index] as number);
    if (anomalies[index] === 1) writer.tag(3, WireType.Varint).bool(true);
    writer.join();
  }
  writeText(writer, 2, errorMessage);
  return writer.finish();
}

export function readAnalysisResult(bytes: Uint8Array): AnalysisResult {
  const reader = new BinaryReader(bytes);
  const [timesMs, scores] = [emptyColumn(), emptyColumn()];
  const anomalies: number[] = [];
  let errorMessage = '';
  eachField(reader, reader.len, (field, wire) => {
    if (wire !== WireType.LengthDelimited || field > 2) return false;
    if (field === 1) anomalies.push(readRow(reader, timesMs, scores));
    else errorMessage = reader.string();
    return true;
  });
  return {
    timesMs: columnValues(timesMs),
    scores: columnValues(scores),
    anomalies: Uint8Array.from(anomalies),
    errorMessage,
  };
}

/** A DataPoint or an AnomalyScore, which begin alike; returns 1 where field 3 says true. */
function readRow(reader: BinaryReader, timesMs: Column, values: Column): number {
  let [timeMs, value, anomaly] = [0, 0, 0];
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.Varint) timeMs = readWhole(reader);
    else if (field === 2 && wire === WireType.Bit64) value = reader.double();
    else if (field === 3 && wire === WireType.Varint) anomaly = reader.bool() ? 1 : 0;
    else return false;
    return true;
  });
  append(timesMs, timeMs);
  append(values, value);
  return anomaly;
}

function readParameter(reader: BinaryReader): [string, number] {
  let [name, value] = ['', 0];
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.LengthDelimited) name = reader.string();
    else if (field === 2 && wire === WireType.Bit64) value = reader.double();
    else return false;
    return true;
  });
  return [name, value];
}

function writeTime(writer: BinaryWriter, timeMs: number): void {
  if (!Number.isSafeInteger(timeMs)) {
    throw new AppError('bad-input', `the time ${timeMs} is not whole epoch milliseconds, which the old contract needs`);
  }
  if (timeMs !== 0) writer.tag(1, WireType.Varint).int64(timeMs);
}
