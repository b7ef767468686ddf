// Walking and writing the fields of a protobuf message, for codecs that are written by hand. What a newer writer added is
// skipped; what is no message is a RangeError, never a guess.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Goes through the fields up to `end`. `take` reads the field and says true, or says false having read nothing. */
export function eachField(reader: BinaryReader, end: number, take: (field: number, wire: WireType) => boolean): void {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    if (!take(field, wire)) reader.skip(wire, field);
  }
  if (reader.pos !== end) throw new RangeError('a field reaches beyond its message');
}

/** Where the nested message or column that begins here ends. */
export function nestedEnd(reader: BinaryReader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('a nested message reaches beyond the whole');
  return end;
}

/** As `eachField`, of the message that begins here. */
export function eachNested(reader: BinaryReader, take: (field: number, wire: WireType) => boolean): void {
  eachField(reader, nestedEnd(reader), take);
}

export function writeNested(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

/** Writes nothing for ''. */
export function writeText(writer: BinaryWriter, field: number, text: string): void {
  if (text !== '') writer.tag(field, WireType.LengthDelimited).string(text);
}

/** Writes nothing for +0, the default; −0 is another number. */
export function writeDouble(writer: BinaryWriter, field: number, value: number): void {
  if (!Object.is(value, 0)) writer.tag(field, WireType.Bit64).double(value);
}

/** Writes nothing for 0. Throws RangeError for what is no whole number from 0 on. */
export function writeCount(writer: BinaryWriter, field: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no whole number from 0 on`);
  if (value !== 0) writer.tag(field, WireType.Varint).uint64(value);
}

export function readCount(reader: BinaryReader): number {
  const value = Number(reader.uint64());
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond 2^53 − 1`);
  return value;
}
