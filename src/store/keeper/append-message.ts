// The bytes of Append, proto/tidewatch/v1/keeper.proto: a batch as it travels, and as it lies in the spool. What is read is a
// message of the right form; whether the batch is right (rows, times, epoch) is the store's to say.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachField, eachNested, readCount, writeCount, writeDouble, writeNested, writeText } from '#kit/protobuf.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { Span, TopologyEdge } from '#model/signal.ts';
import type { AppendBatch, Position } from '../contract.ts';
import { findingOf, findingText } from './finding-text.ts';
import { emptyScores, readScores, writeScores } from './scores-message.ts';
import { readEdge, readSpan, writeEdge, writeSpan } from './span-message.ts';
import { readTrack, writeTrack } from './track-message.ts';

export const APPEND = '/tidewatch.v1.Keeper/Append';

export function writeAppend(batch: AppendBatch): Uint8Array {
  const writer = new BinaryWriter();
  writeCount(writer, 1, batch.epoch);
  writeText(writer, 2, batch.key);
  writeNested(writer, 3, () => writePosition(writer, batch.position));
  for (const track of batch.tracks) writeNested(writer, 4, () => writeTrack(writer, track));
  writeNested(writer, 5, () => writeScores(writer, batch.scores));
  for (const finding of batch.findings) writer.tag(6, WireType.LengthDelimited).string(findingText(finding));
  for (const span of batch.spans) writeNested(writer, 7, () => writeSpan(writer, span));
  for (const edge of batch.edges) writeNested(writer, 8, () => writeEdge(writer, edge));
  return writer.finish();
}

/** Throws RangeError (or what the reader throws) for bytes that are no such message. */
export function readAppend(bytes: Uint8Array): AppendBatch {
  const reader = new BinaryReader(bytes);
  let [epoch, key, position, scores] = [0, '', { seenMs: 0, stream: '' } as Position, emptyScores()];
  const tracks: Track[] = [];
  const findings: Finding[] = [];
  const spans: Span[] = [];
  const edges: TopologyEdge[] = [];
  eachField(reader, reader.len, (field, wire) => {
    if (field === 1 && wire === WireType.Varint) epoch = readCount(reader);
    else if (wire !== WireType.LengthDelimited) return false;
    else if (field === 2) key = reader.string();
    else if (field === 3) position = readPosition(reader);
    else if (field === 4) tracks.push(readTrack(reader));
    else if (field === 5) scores = readScores(reader);
    else if (field === 6) findings.push(findingOf(reader.string()));
    else if (field === 7) spans.push(readSpan(reader));
    else if (field === 8) edges.push(readEdge(reader));
    else return false;
    return true;
  });
  return { epoch, key, position, tracks, scores, findings, spans, edges };
}

export function writePosition(writer: BinaryWriter, { seenMs, stream }: Position): void {
  writeDouble(writer, 1, seenMs);
  writeText(writer, 2, stream);
}

export function readPosition(reader: BinaryReader): Position {
  let [seenMs, stream] = [0, ''];
  eachNested(reader, (field, wire) => {
    if (field === 1 && wire === WireType.Bit64) seenMs = reader.double();
    else if (field === 2 && wire === WireType.LengthDelimited) stream = reader.string();
    else return false;
    return true;
  });
  return { seenMs, stream };
}

/** Who wrote it and up to where it goes, without reading its rows. */
export function readAppendHead(bytes: Uint8Array): Pick<AppendBatch, 'epoch' | 'key' | 'position'> {
  const reader = new BinaryReader(bytes);
  let [epoch, key, position] = [0, '', { seenMs: 0, stream: '' } as Position];
  eachField(reader, reader.len, (field, wire) => {
    if (field === 1 && wire === WireType.Varint) epoch = readCount(reader);
    else if (field === 2 && wire === WireType.LengthDelimited) key = reader.string();
    else if (field === 3 && wire === WireType.LengthDelimited) position = readPosition(reader);
    else return false;
    return true;
  });
  return { epoch, key, position };
}
