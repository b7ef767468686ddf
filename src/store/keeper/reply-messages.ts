// The small messages of proto/tidewatch/v1/keeper.proto: answers, where the store is, and what the operator reports.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AppendResult, Position } from '../contract.ts';
import { readPosition, writePosition } from './append-message.ts';
import { eachField, readCount, writeCount, writeNested, writeText } from './message.ts';

export const POSITION = '/tidewatch.v1.Keeper/Position';
export const REPORT = '/tidewatch.v1.Keeper/Report';

export interface PositionReply {
  /** Undefined in an empty store. */
  readonly position: Position | undefined;
  /** The highest that has written. */
  readonly epoch: number;
}

export interface ReportRequest {
  readonly epoch: number;
  /** JSON. */
  readonly facts: string;
}

export function writeAppendReply({ outcome }: AppendResult): Uint8Array {
  const writer = new BinaryWriter();
  if (outcome === 'duplicate') writer.tag(1, WireType.Varint).bool(true);
  return writer.finish();
}

export function readAppendReply(bytes: Uint8Array): AppendResult {
  const reader = new BinaryReader(bytes);
  let outcome: AppendResult['outcome'] = 'stored';
  eachField(reader, reader.len, (field, wire) => {
    if (field !== 1 || wire !== WireType.Varint) return false;
    outcome = reader.bool() ? 'duplicate' : 'stored';
    return true;
  });
  return { outcome };
}

export function writePositionReply({ position, epoch }: PositionReply): Uint8Array {
  const writer = new BinaryWriter();
  if (position !== undefined) writeNested(writer, 1, () => writePosition(writer, position));
  writeCount(writer, 2, epoch);
  return writer.finish();
}

export function readPositionReply(bytes: Uint8Array): PositionReply {
  const reader = new BinaryReader(bytes);
  let position: Position | undefined;
  let epoch = 0;
  eachField(reader, reader.len, (field, wire) => {
    if (field === 1 && wire === WireType.LengthDelimited) position = readPosition(reader);
    else if (field === 2 && wire === WireType.Varint) epoch = readCount(reader);
    else return false;
    return true;
  });
  return { position, epoch };
}

export function writeReport({ epoch, facts }: ReportRequest): Uint8Array {
  const writer = new BinaryWriter();
  writeCount(writer, 1, epoch);
  writeText(writer, 2, facts);
  return writer.finish();
}

export function readReport(bytes: Uint8Array): ReportRequest {
  const reader = new BinaryReader(bytes);
  let [epoch, facts] = [0, ''];
  eachField(reader, reader.len, (field, wire) => {
    if (field === 1 && wire === WireType.Varint) epoch = readCount(reader);
    else if (field === 2 && wire === WireType.LengthDelimited) facts = reader.string();
    else return false;
    return true;
  });
  return { epoch, facts };
}
