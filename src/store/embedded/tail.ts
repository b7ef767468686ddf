// The tail: scores as they came, a row for an append and a group of 256 tracks. Writing is a copy; compaction (compact.ts)
// turns rows into blocks of one track each.
import type { DatabaseSync } from 'node:sqlite';
import type { ScoreBlock } from '#model/score-block.ts';
import { bytesOf, checkCrc, damaged, numberOf, type Row, rowCrc } from './rows.ts';
import { decodeTail, encodeTail } from './tail-codec.ts';
import { GROUP_BITS } from './tracks.ts';

/** Points in one row at most: what is compacted at once is a number of whole rows. */
const ROW_POINTS = 4096;

export interface TailGroup {
  rows: number;
  points: number;
  minMs: number;
  maxMs: number;
}

export interface TailWriter {
  /** Stores the rows of a block; `ids[row]` is the stored number of the row's track. */
  append(scores: ScoreBlock, ids: Uint32Array): void;
  /** What waits for compaction, by group. Kept in memory: read again after a rollback. */
  readonly groups: ReadonlyMap<number, TailGroup>;
  /** Reads again what waits: of one group, or of all. */
  reload(group?: number): void;
}

export function createTailWriter(db: DatabaseSync): TailWriter {
  const insert = db.prepare(
    'INSERT INTO tail (track_group, min_ms, max_ms, points, data, crc) VALUES (?, ?, ?, ?, ?, ?)',
  );
  let groups = readGroups(db);

  const writeRow = (group: number, scores: ScoreBlock, ids: Uint32Array, rows: ArrayLike<number>) => {
    let minMs = Number.POSITIVE_INFINITY;
    let maxMs = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < rows.length; index++) {
      const timeMs = scores.timesMs[rows[index] ?? 0] ?? 0;
      if (timeMs < minMs) minMs = timeMs;
      if (timeMs > maxMs) maxMs = timeMs;
    }
    const data = encodeTail(scores, ids, rows);
    insert.run(group, minMs, maxMs, rows.length, data, tailCrc(group, minMs, maxMs, rows.length, data));
    const known = groups.get(group) ?? { rows: 0, points: 0, minMs, maxMs };
    groups.set(group, {
      rows: known.rows + 1,
      points: known.points + rows.length,
      minMs: Math.min(known.minMs, minMs),
      maxMs: Math.max(known.maxMs, maxMs),
    });
  };

  return {
    get groups() {
      return groups;
    },
    append: (scores, ids) => {
      for (const [group, rows] of rowsByGroup(ids)) {
        for (let start = 0; start < rows.length; start += ROW_POINTS) {
          writeRow(group, scores, ids, rows.subarray(start, start + ROW_POINTS));
        }
      }
    },
    reload: (group) => {
      if (group === undefined) groups = readGroups(db);
      else {
        groups.delete(group);
        for (const [number, summary] of readGroups(db, group)) groups.set(number, summary);
      }
    },
  };
}

/** The points of a row, after its check sum was found right. */
export function readTailRow(db: DatabaseSync, row: Row): ScoreBlock {
  const points = numberOf(row, 'points');
  const data = bytesOf(row, 'data');
  const group = numberOf(row, 'track_group');
  const what = `tail row ${numberOf(row, 'number')}`;
  checkCrc(db, what, row, tailCrc(group, numberOf(row, 'min_ms'), numberOf(row, 'max_ms'), points, data));
  try {
    return decodeTail(data, points);
  } catch (error) {
    throw damaged(db, `${what} cannot be read`, error);
  }
}

export const TAIL_COLUMNS = 'number, track_group, min_ms, max_ms, points, data, crc';

/** Rows of the block by group, in the block's order within each. */
function rowsByGroup(ids: Uint32Array): Map<number, Uint32Array> {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id >>> GROUP_BITS, (counts.get(id >>> GROUP_BITS) ?? 0) + 1);
  const groups = new Map<number, { rows: Uint32Array; used: number }>();
  for (const [group, count] of counts) groups.set(group, { rows: new Uint32Array(count), used: 0 });
  ids.forEach((id, row) => {
    const group = groups.get(id >>> GROUP_BITS);
    if (group !== undefined) group.rows[group.used++] = row;
  });
  return new Map([...groups].map(([group, { rows }]) => [group, rows]));
}

function tailCrc(group: number, minMs: number, maxMs: number, points: number, data: Uint8Array): number {
  return rowCrc([group, minMs, maxMs, points], data);
}

function readGroups(db: DatabaseSync, group?: number): Map<number, TailGroup> {
  const rows = db
    .prepare(
      `SELECT track_group, count(*) AS rows, sum(points) AS points, min(min_ms) AS min_ms, max(max_ms) AS max_ms
       FROM tail ${group === undefined ? '' : 'WHERE track_group = ?'} GROUP BY track_group`,
    )
    .all(...(group === undefined ? [] : [group]));
  return new Map(
    rows.map((row) => [
      numberOf(row, 'track_group'),
      {
        rows: numberOf(row, 'rows'),
        points: numberOf(row, 'points'),
        minMs: numberOf(row, 'min_ms'),
        maxMs: numberOf(row, 'max_ms'),
      },
    ]),
  );
}
