// A row of the tail: the columns of some points one after the other, as they are in memory, so that an append costs a copy.
// Eight-byte columns come first, which keeps every column aligned for reading in place.
import type { ScoreBlock } from '#model/score-block.ts';
import { FIGURES, type Points } from '#model/score-block.ts';

export const TAIL_BYTES_PER_POINT = FIGURES.length * 8 + 4 + 1;

/** Bytes of the points at `rows`, whose tracks are stored as `ids`. */
export function encodeTail(points: Points, ids: Uint32Array, rows: ArrayLike<number>): Uint8Array {
  const count = rows.length;
  const bytes = new Uint8Array(count * TAIL_BYTES_PER_POINT);
  FIGURES.forEach((column, number) => {
    const target = new Float64Array(bytes.buffer, number * count * 8, count);
    const source = points[column];
    for (let index = 0; index < count; index++) target[index] = source[rows[index] ?? 0] ?? Number.NaN;
  });
  const tracks = new Uint32Array(bytes.buffer, FIGURES.length * 8 * count, count);
  const flags = new Uint8Array(bytes.buffer, (FIGURES.length * 8 + 4) * count, count);
  for (let index = 0; index < count; index++) {
    const row = rows[index] ?? 0;
    tracks[index] = ids[row] ?? 0;
    flags[index] = points.flags[row] ?? 0;
  }
  return bytes;
}

/** The points of a row as views into it. Throws RangeError when the length is not that of `count` points. */
export function decodeTail(data: Uint8Array, count: number): ScoreBlock {
  if (data.byteLength !== count * TAIL_BYTES_PER_POINT)
    throw new RangeError(`${data.byteLength} bytes for ${count} points`);
  const bytes = data.byteOffset % 8 === 0 ? data : data.slice();
  const floats = (number: number) => new Float64Array(bytes.buffer, bytes.byteOffset + number * count * 8, count);
  const after = bytes.byteOffset + FIGURES.length * 8 * count;
  return {
    tracks: new Uint32Array(bytes.buffer, after, count),
    timesMs: floats(0),
    seenMs: floats(1),
    values: floats(2),
    scores: floats(3),
    expected: floats(4),
    lower: floats(5),
    upper: floats(6),
    flags: new Uint8Array(bytes.buffer, after + 4 * count, count),
  };
}
