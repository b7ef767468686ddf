// A row of the tail: the columns of some points one after the other, as they are in memory, so that an append costs a copy.
// Eight-byte columns come first, which keeps every column aligned for reading in place.
import { joinFlags } from '#model/flag-bytes.ts';
import { FIGURES, type Points, type ScoreBlock } from '#model/score-block.ts';

const TAIL_BYTES_PER_POINT = FIGURES.length * 8 + 4 + 1;

/** Bytes of the points at `rows`, whose tracks are stored as `ids`. */
export function encodeTail(points: Points, ids: Uint32Array, rows: ArrayLike<number>): Uint8Array {
  const count = rows.length;
  // A point whose flags have a high byte gives every point one: the row is that much longer.
  const isWide = Array.prototype.some.call(rows, (row: number) => (points.flags[row] ?? 0) > 0xff);
  const bytes = new Uint8Array(count * (TAIL_BYTES_PER_POINT + (isWide ? 1 : 0)));
  FIGURES.forEach((column, number) => {
    const target = new Float64Array(bytes.buffer, number * count * 8, count);
    const source = points[column];
    for (let index = 0; index < count; index++) target[index] = source[rows[index] ?? 0] ?? Number.NaN;
  });
  const tracks = new Uint32Array(bytes.buffer, FIGURES.length * 8 * count, count);
  const flags = bytes.subarray((FIGURES.length * 8 + 4) * count);
  for (let index = 0; index < count; index++) {
    const row = rows[index] ?? 0;
    tracks[index] = ids[row] ?? 0;
    const bits = points.flags[row] ?? 0;
    flags[index] = bits & 0xff;
    if (isWide) flags[count + index] = bits >> 8;
  }
  return bytes;
}

/** The points of a row, all but their flags as views into it. Throws RangeError when the length is not that of `count` points. */
export function decodeTail(data: Uint8Array, count: number): ScoreBlock {
  const isWide = count > 0 && data.byteLength === count * (TAIL_BYTES_PER_POINT + 1);
  if (!isWide && data.byteLength !== count * TAIL_BYTES_PER_POINT)
    throw new RangeError(`${data.byteLength} bytes for ${count} points`);
  const bytes = data.byteOffset % 8 === 0 ? data : data.slice();
  const floats = (number: number) => new Float64Array(bytes.buffer, bytes.byteOffset + number * count * 8, count);
  const after = bytes.byteOffset + FIGURES.length * 8 * count;
  const flags = bytes.subarray((FIGURES.length * 8 + 4) * count);
  return {
    tracks: new Uint32Array(bytes.buffer, after, count),
    timesMs: floats(0),
    seenMs: floats(1),
    values: floats(2),
    scores: floats(3),
    expected: floats(4),
    lower: floats(5),
    upper: floats(6),
    flags: joinFlags(flags.subarray(0, count), isWide ? flags.subarray(count) : undefined),
  };
}
