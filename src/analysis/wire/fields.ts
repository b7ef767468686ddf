// What both contracts' codecs share: walking the fields of a message, and columns of doubles. A packed column is copied
// as it lies in the message, which is what makes a batch of windows cheap; unpacked ones are understood as well, as the
// protobuf specification demands. Every error is a RangeError or an AppError: the message is refused, never guessed at.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { AppError } from '#kit/errors.ts';

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Room for all doubles of one message. Columns are cut from it, which halves what reading costs; but each keeps the whole
 * alive, and would be sent to a thread with it, so this is for what is let go soon.
 */
export interface Arena {
  readonly values: Float64Array;
  used: number;
}

/** As large as a message of so many bytes can need. */
export function arenaFor(messageBytes: number): Arena {
  return { values: new Float64Array(messageBytes >> 3), used: 0 };
}

/** Doubles that grow as they are read. */
export interface Column {
  values: Float64Array;
  length: number;
}

export function emptyColumn(): Column {
  return { values: new Float64Array(0), length: 0 };
}

export function columnValues({ values, length }: Column): Float64Array {
  return values.length === length ? values : values.slice(0, length);
}

/** Appends a packed run of doubles, or a single one; false (nothing read) when the field is neither. */
export function readDoubles(reader: BinaryReader, wire: WireType, into: Column, arena?: Arena): boolean {
  if (wire === WireType.Bit64) {
    append(into, reader.double());
    return true;
  }
  if (wire !== WireType.LengthDelimited) return false;
  const bytes = reader.bytes();
  if (bytes.length % 8 !== 0) throw new RangeError(`a column of doubles has ${bytes.length} bytes, no multiple of 8`);
  const chunk = arena === undefined ? doublesOf(bytes) : take(arena, bytes);
  if (into.length === 0) {
    into.values = chunk;
    into.length = chunk.length;
  } else {
    for (const value of chunk) append(into, value);
  }
  return true;
}

function take(arena: Arena, bytes: Uint8Array): Float64Array {
  const length = bytes.length / 8;
  const chunk = arena.values.subarray(arena.used, arena.used + length);
  if (!IS_LITTLE_ENDIAN) return doublesOf(bytes);
  arena.used += length;
  new Uint8Array(arena.values.buffer, chunk.byteOffset, bytes.length).set(bytes);
  return chunk;
}

/** A copy, because a Float64Array must begin at a multiple of eight and a field rarely does. */
export function doublesOf(bytes: Uint8Array): Float64Array {
  // Not `bytes.slice`: that of a Buffer does not copy.
  const copy = new Uint8Array(bytes).buffer;
  if (IS_LITTLE_ENDIAN) return new Float64Array(copy);
  const view = new DataView(copy);
  return Float64Array.from({ length: copy.byteLength / 8 }, (_, index) => view.getFloat64(index * 8, true));
}

export function bytesOf(values: Float64Array): Uint8Array {
  if (IS_LITTLE_ENDIAN) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, index) => {
    view.setFloat64(index * 8, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** Writes nothing for an empty column. */
export function writeDoubles(writer: BinaryWriter, field: number, values: Float64Array): void {
  if (values.length > 0) writer.tag(field, WireType.LengthDelimited).bytes(bytesOf(values));
}

/** A 64-bit integer that a double holds exactly. */
export function readWhole(reader: BinaryReader): number {
  const read = reader.int64();
  const value = Number(read);
  if (Number.isSafeInteger(value)) return value;
  throw new AppError('bad-input', `timestamp_ms ${read} is beyond ±(2^53 − 1): epoch milliseconds are expected`);
}

export function append(column: Column, value: number): void {
  if (column.length === column.values.length) {
    const grown = new Float64Array(Math.max(16, column.length * 2));
    grown.set(column.values.subarray(0, column.length));
    column.values = grown;
  }
  column.values[column.length++] = value;
}
