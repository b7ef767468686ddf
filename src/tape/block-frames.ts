// The frames of a block: which series each holds (lists that repeat are kept once, as shapes), and the samples of each
// series together, oldest first, because a series resembles itself more than its neighbours.
import { crc32 } from 'node:zlib';
import type { FrameSignal } from '#model/signal.ts';
import { type ByteReader, type ByteWriter, Malformed } from './bytes.ts';
import { readColumn, writeColumn } from './columns.ts';

export function writeFrames(out: ByteWriter, frames: readonly FrameSignal[]): void {
  const shapes = new Shapes();
  const shapeOf = frames.map((frame) => shapes.indexOf(frame.ids));
  out.unsigned(shapes.lists.length);
  for (const ids of shapes.lists) {
    out.unsigned(ids.length);
    let before = 0;
    for (const id of ids) {
      out.signed(id - before);
      before = id;
    }
  }
  for (const [index, frame] of frames.entries()) {
    out.unsigned(shapeOf[index] ?? 0);
    out.signed(frame.seenMs - frame.timeMs);
  }
  for (const { values } of transpose(frames)) writeColumn(out, values);
}

/** The frames seen at `seenMs`. Throws `Malformed`; allocates no more than a few times what is left to read. */
export function readFrames(input: ByteReader, seenMs: readonly number[]): FrameSignal[] {
  const shapes: Uint32Array[] = [];
  for (let left = input.count(1); left > 0; left--) shapes.push(readShape(input));
  const frames: { ids: Uint32Array; shape: number; timeMs: number }[] = [];
  const lengths = new Map<number, number>();
  const uses = new Uint32Array(shapes.length);
  for (const seen of seenMs) {
    const shape = input.unsigned();
    const ids = shapes[shape];
    if (ids === undefined) throw new Malformed(`a frame names shape ${shape} of ${shapes.length}`);
    uses[shape] = (uses[shape] ?? 0) + 1;
    frames.push({ ids, shape, timeMs: seen - input.signed() });
  }
  for (const [shape, ids] of shapes.entries()) {
    for (const id of ids) lengths.set(id, (lengths.get(id) ?? 0) + (uses[shape] ?? 0));
  }
  const columnOf = new Map<number, number>();
  const columns: Float64Array[] = [];
  for (const [id, length] of [...lengths].sort(([a], [b]) => a - b)) {
    columnOf.set(id, columns.length);
    columns.push(readColumn(input, length));
  }
  const columnsOf = shapes.map((ids) => Uint32Array.from(ids, (id) => columnOf.get(id) ?? 0));
  const next = new Uint32Array(columns.length);
  return frames.map(({ ids, shape, timeMs }, index) => {
    const from = columnsOf[shape] ?? new Uint32Array(0);
    const values = new Float64Array(ids.length);
    for (let at = 0; at < from.length; at++) {
      const column = from[at] ?? 0;
      const row = next[column] ?? 0;
      values[at] = columns[column]?.[row] ?? Number.NaN;
      next[column] = row + 1;
    }
    return { kind: 'frame', timeMs, seenMs: seenMs[index] ?? 0, ids, values };
  });
}

function readShape(input: ByteReader): Uint32Array {
  const ids = new Uint32Array(input.count(1));
  let before = 0;
  for (let index = 0; index < ids.length; index++) {
    before += input.signed();
    if (before < 0 || before > 0xffffffff) throw new Malformed(`${before} is no series id`);
    ids[index] = before;
  }
  return ids;
}

/** Series by id, each with its samples in the order of the frames. */
function transpose(frames: readonly FrameSignal[]): { id: number; values: Float64Array }[] {
  const lengths = new Map<number, number>();
  for (const { ids } of frames) for (const id of ids) lengths.set(id, (lengths.get(id) ?? 0) + 1);
  const columns = new Map<number, { id: number; values: Float64Array; filled: number }>();
  for (const [id, length] of lengths) columns.set(id, { id, values: new Float64Array(length), filled: 0 });
  for (const { ids, values } of frames) {
    for (const [index, id] of ids.entries()) {
      const column = columns.get(id);
      if (column !== undefined) column.values[column.filled++] = values[index] ?? Number.NaN;
    }
  }
  return [...columns.values()].sort((a, b) => a.id - b.id);
}

/** Distinct lists of ids, found again by checksum and then compared. */
class Shapes {
  readonly lists: Uint32Array[] = [];
  readonly #byChecksum = new Map<number, number[]>();

  indexOf(ids: Uint32Array): number {
    const checksum = crc32(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
    const candidates = this.#byChecksum.get(checksum) ?? [];
    const known = candidates.find((index) => equal(this.lists[index], ids));
    if (known !== undefined) return known;
    this.#byChecksum.set(checksum, [...candidates, this.lists.length]);
    return this.lists.push(ids) - 1;
  }
}

function equal(a: Uint32Array | undefined, b: Uint32Array): boolean {
  return a !== undefined && a.length === b.length && a.every((id, index) => id === b[index]);
}
