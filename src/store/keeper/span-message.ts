// Spans and edges as they travel.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachNested, writeDouble, writeText } from '#kit/protobuf.ts';
import type { Span, TopologyEdge } from '#model/signal.ts';

export function writeSpan(writer: BinaryWriter, span: Span): void {
  writeText(writer, 1, span.traceId);
  writeText(writer, 2, span.spanId);
  // That it is there says something, also when it is ''.
  if (span.parentId !== undefined) writer.tag(3, WireType.LengthDelimited).string(span.parentId);
  writeText(writer, 4, span.pod);
  writeText(writer, 5, span.service);
  writeText(writer, 6, span.operation);
  writeDouble(writer, 7, span.startMs);
  writeDouble(writer, 8, span.durationMs);
}

export function readSpan(reader: BinaryReader): Span {
  const texts: (string | undefined)[] = [];
  let [startMs, durationMs] = [0, 0];
  eachNested(reader, (field, wire) => {
    if (field === 7 && wire === WireType.Bit64) startMs = reader.double();
    else if (field === 8 && wire === WireType.Bit64) durationMs = reader.double();
    else if (wire !== WireType.LengthDelimited || field > 6) return false;
    else texts[field] = reader.string();
    return true;
  });
  const [, traceId = '', spanId = '', parentId, pod = '', service = '', operation = ''] = texts;
  const span = { traceId, spanId, pod, service, operation, startMs, durationMs };
  return parentId === undefined ? span : { ...span, parentId };
}

export function writeEdge(writer: BinaryWriter, { type, from, to }: TopologyEdge): void {
  writeText(writer, 1, type);
  writeText(writer, 2, from);
  writeText(writer, 3, to);
}

export function readEdge(reader: BinaryReader): TopologyEdge {
  const texts: string[] = [];
  eachNested(reader, (field, wire) => {
    if (wire !== WireType.LengthDelimited || field > 3) return false;
    texts[field] = reader.string();
    return true;
  });
  const [, type = '', from = '', to = ''] = texts;
  if (type !== 'calls' && type !== 'runs-on') throw new RangeError(`an edge is of the unknown type "${type}"`);
  return { type, from, to };
}
