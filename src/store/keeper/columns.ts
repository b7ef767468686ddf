// Columns of a message, copied as they lie in memory: protobuf's fixed widths are little-endian, as nearly every machine.
// A repeated field may come in several pieces, or value by value; both are understood, as the specification demands.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

type Fixed = Float64Array | Uint32Array;

/** Writes nothing for an empty column. */
export function writeColumn(writer: BinaryWriter, field: number, column: Fixed): void {
  if (column.length === 0) return;
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  writer.tag(field, WireType.LengthDelimited).bytes(inOrder(bytes, column.BYTES_PER_ELEMENT));
}

/** What one field has had so far. */
export interface Pieces {
  readonly chunks: Uint8Array[];
  readonly width: 4 | 8;
}

export function noPieces(width: 4 | 8): Pieces {
  return { chunks: [], width };
}

/** Takes a packed run or a single value; false (nothing read) when the field is neither. */
export function readPiece(reader: BinaryReader, wire: WireType, { chunks, width }: Pieces): boolean {
  if (wire === WireType.LengthDelimited) {
    const bytes = reader.bytes();
    if (bytes.length % width !== 0) throw new RangeError(`a column has ${bytes.length} bytes, no multiple of ${width}`);
    // A copy, because columns must begin at a multiple of their width, and a field rarely does.
    chunks.push(inOrder(new Uint8Array(bytes), width));
    return true;
  }
  if (wire !== (width === 8 ? WireType.Bit64 : WireType.Bit32)) return false;
  const value = width === 8 ? Float64Array.of(reader.double()) : Uint32Array.of(reader.fixed32());
  chunks.push(new Uint8Array(value.buffer));
  return true;
}

export function doublesOf(pieces: Pieces): Float64Array {
  return new Float64Array(joined(pieces));
}

export function wordsOf(pieces: Pieces): Uint32Array {
  return new Uint32Array(joined(pieces));
}

function joined({ chunks }: Pieces): ArrayBuffer {
  const [first] = chunks;
  if (first === undefined) return new ArrayBuffer(0);
  if (chunks.length === 1) return first.buffer as ArrayBuffer;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.buffer;
}

/** The bytes in the other order where this machine has it; else as they are. */
function inOrder(bytes: Uint8Array, width: number): Uint8Array {
  if (IS_LITTLE_ENDIAN) return bytes;
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  return width === 8 ? copy.swap64() : copy.swap32();
}
