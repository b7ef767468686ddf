// Rows of compressed blocks: reading with the check sum, writing.
import type { DatabaseSync } from 'node:sqlite';
import type { Points } from '#model/score-block.ts';
import { decodeBlock, encodeBlock } from './block-codec.ts';
import { slicePoints } from './points.ts';
import { bytesOf, checkCrc, damaged, numberOf, type Row, rowCrc } from './rows.ts';

/** What a block holds when it is full: two hours of minutes. */
export const BLOCK_POINTS = 120;

export const BLOCK_COLUMNS = 'id, track, start_ms, end_ms, points, data, crc';

/** The points of a row, after its check sum was found right. */
export function readBlockRow(db: DatabaseSync, row: Row): Points {
  const data = bytesOf(row, 'data');
  const points = numberOf(row, 'points');
  const what = `block ${numberOf(row, 'id')} of track ${numberOf(row, 'track')}`;
  checkCrc(
    db,
    what,
    row,
    blockCrc(numberOf(row, 'track'), numberOf(row, 'start_ms'), numberOf(row, 'end_ms'), points, data),
  );
  try {
    return decodeBlock(data, points);
  } catch (error) {
    throw damaged(db, `${what} cannot be read`, error);
  }
}

export interface BlockWriter {
  /** Stores ordered points of one track in blocks of about `BLOCK_POINTS`. */
  insert(track: number, points: Points): void;
  remove(id: number): void;
}

export function createBlockWriter(db: DatabaseSync): BlockWriter {
  const insert = db.prepare(
    'INSERT INTO blocks (track, start_ms, end_ms, points, data, crc) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM blocks WHERE id = ?');
  return {
    insert: (track, points) => {
      const total = points.timesMs.length;
      const parts = Math.max(1, Math.round(total / BLOCK_POINTS));
      for (let part = 0; part < parts && total > 0; part++) {
        const from = Math.round((part * total) / parts);
        const to = Math.round(((part + 1) * total) / parts);
        const startMs = points.timesMs[from] ?? 0;
        const endMs = points.timesMs[to - 1] ?? 0;
        const data = encodeBlock(slicePoints(points, from, to));
        insert.run(track, startMs, endMs, to - from, data, blockCrc(track, startMs, endMs, to - from, data));
      }
    },
    remove: (id) => {
      remove.run(id);
    },
  };
}

function blockCrc(track: number, startMs: number, endMs: number, points: number, data: Uint8Array): number {
  return rowCrc([track, startMs, endMs, points], data);
}
