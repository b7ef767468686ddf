// A column of doubles as bytes that compress well, without losing a bit (a NaN comes back as a NaN). A measured double has
// a random mantissa and nothing helps but to find it again, so columns stay as they are; counters and slow gauges share
// their upper bytes with the value before, so those are stored as the difference (XOR) by byte planes. Which of the two is
// smaller is tried, column by column.
import { constants, zstdCompressSync } from 'node:zlib';
import { type ByteReader, type ByteWriter, Malformed } from './bytes.ts';

const PLAIN = 0;
const XOR_PLANES = 1;
/** Below this many values the choice costs more than it can save. */
const LEAST_TO_TRY = 16;

/** Appends the values; the reader must know how many there are. Equal columns give equal bytes. */
export function writeColumn(out: ByteWriter, values: Float64Array): void {
  const plain = bytesOf(withOneNaN(values));
  if (values.length >= LEAST_TO_TRY) {
    const planes = toPlanes(plain);
    if (compressedSize(planes) < compressedSize(plain)) {
      out.byte(XOR_PLANES);
      out.raw(planes);
      return;
    }
  }
  out.byte(PLAIN);
  out.raw(plain);
}

/** The next `count` values. Throws `Malformed` when they are not all there. */
export function readColumn(input: ByteReader, count: number): Float64Array {
  const encoding = input.byte();
  if (encoding !== PLAIN && encoding !== XOR_PLANES) throw new Malformed(`encoding ${encoding} is not known`);
  const bytes = input.raw(count * 8);
  const values = new Float64Array(count);
  if (encoding === PLAIN) bytesOf(values).set(bytes);
  else fromPlanes(bytes, values);
  return values;
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** There are 2^53 NaNs; with one of them only, equal signals give equal bytes. */
function withOneNaN(values: Float64Array): Float64Array {
  const copy = values.slice();
  const words = new Uint32Array(copy.buffer);
  for (let index = 0; index < copy.length; index++) {
    if (Number.isNaN(copy[index])) {
      words[2 * index] = 0;
      words[2 * index + 1] = 0x7ff80000;
    }
  }
  return copy;
}

function toPlanes(plain: Uint8Array): Uint8Array {
  const count = plain.length / 8;
  const planes = new Uint8Array(plain.length);
  for (let index = 0; index < plain.length; index++) {
    const before = index < 8 ? 0 : (plain[index - 8] ?? 0);
    planes[(index % 8) * count + Math.floor(index / 8)] = (plain[index] ?? 0) ^ before;
  }
  return planes;
}

function fromPlanes(planes: Uint8Array, values: Float64Array): void {
  const bytes = bytesOf(values);
  const count = values.length;
  for (let plane = 0; plane < 8; plane++) {
    let before = 0;
    for (let row = 0, from = plane * count, to = plane; row < count; row++, to += 8) {
      before ^= planes[from + row] ?? 0;
      bytes[to] = before;
    }
  }
}

function compressedSize(bytes: Uint8Array): number {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }).length;
}
