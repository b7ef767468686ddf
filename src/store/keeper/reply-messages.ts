// The small messages of proto/tidewatch/v1/keeper.proto: answers, where the store is, and what the operator reports.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachField, readCount, writeCount, writeNested, writeText } from '#kit/protobuf.ts';
import type { Finding } from '#model/finding.ts';
import type { AppendResult, Position } from '../contract.ts';
import { readPosition, writePosition } from './append-message.ts';
import { findingOf, findingText } from './finding-text.ts';

export const POSITION = '/tidewatch.v1.Keeper/Position';
export const REPORT = '/tidewatch.v1.Keeper/Report';
export const OPEN_FINDINGS = '/tidewatch.v1.Keeper/OpenFindings';

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

export interface OpenFindingsRequest {
  readonly epoch: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface OpenFindingsReply {
  readonly findings: readonly Finding[];
  readonly next?: string;
}

export function writeOpenFindings({ epoch, limit, cursor = '' }: OpenFindingsRequest): Uint8Array {
  const writer = new BinaryWriter();
  writeCount(writer, 1, epoch);
  writeCount(writer, 2, limit);
  writeText(writer, 3, cursor);
  return writer.finish();
}

export function readOpenFindings(bytes: Uint8Array): OpenFindingsRequest {
  const reader = new BinaryReader(bytes);
  let [epoch, limit, cursor] = [0, 0, ''];
  eachField(reader, reader.len, (field, wire) => {
    if (field === 1 && wire === WireType.Varint) epoch = readCount(reader);
    else if (field === 2 && wire === WireType.Varint) limit = readCount(reader);
    else if (field === 3 && wire === WireType.LengthDelimited) cursor = reader.string();
    else return false;
    return true;
  });
  return { epoch, limit, ...(cursor === '' ? {} : { cursor }) };
}

export function writeOpenFindingsReply({ findings, next = '' }: OpenFindingsReply): Uint8Array {
  const writer = new BinaryWriter();
  for (const finding of findings) writer.tag(1, WireType.LengthDelimited).string(findingText(finding));
  writeText(writer, 2, next);
  return writer.finish();
}

export function readOpenFindingsReply(bytes: Uint8Array): OpenFindingsReply {
  const reader = new BinaryReader(bytes);
  const findings: Finding[] = [];
  let next = '';
  eachField(reader, reader.len, (field, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) findings.push(findingOf(reader.string()));
    else if (field === 2) next = reader.string();
    else return false;
    return true;
  });
  return { findings, ...(next === '' ? {} : { next }) };
}
