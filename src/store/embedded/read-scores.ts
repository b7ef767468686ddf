// Scores of tracks over a range: blocks and tail merged, the last that was written of a time wins. The caller holds a
// transaction, so that a compaction in between is seen whole or not at all.
import type { DatabaseSync } from 'node:sqlite';
import type { Points } from '#model/score-block.ts';
import type { TimeRange } from '../contract.ts';
import { BLOCK_COLUMNS, readBlockRow } from './blocks.ts';
import { copyPoints, joinPoints, lowerBound, orderPoints, pointsByTrack } from './points.ts';
import { numberOf } from './rows.ts';
import { readTailRow, TAIL_COLUMNS } from './tail.ts';
import { GROUP_BITS } from './tracks.ts';

export interface ScoreReader {
  /** Points with fromMs ≤ time < toMs, ascending, by track number. A track without any has an empty entry. */
  read(ids: readonly number[], range: TimeRange): Map<number, Points>;
}

export function createScoreReader(db: DatabaseSync): ScoreReader {
  // Blocks of a track do not overlap, so that the order by end is the order by start, and reading stops early.
  const blocks = db.prepare(`SELECT ${BLOCK_COLUMNS} FROM blocks WHERE track = ? AND end_ms >= ? ORDER BY end_ms`);
  const tail = db.prepare(
    `SELECT ${TAIL_COLUMNS} FROM tail WHERE track_group = ? AND max_ms >= ? AND min_ms < ? ORDER BY number`,
  );

  const readBlocks = (id: number, { fromMs, toMs }: TimeRange): Points[] => {
    const parts: Points[] = [];
    for (const row of blocks.iterate(id, fromMs)) {
      if (numberOf(row, 'start_ms') >= toMs) break;
      parts.push(readBlockRow(db, row));
    }
    return parts;
  };

  const readTail = (group: number, wanted: ReadonlySet<number>, range: TimeRange): Map<number, Points> => {
    const rows = Array.from(tail.iterate(group, range.fromMs, range.toMs), (row) => readTailRow(db, row));
    return pointsByTrack(rows, wanted);
  };

  return {
    read: (ids, range) => {
      const wanted = new Set(ids);
      const newest = new Map<number, Points>();
      for (const group of new Set(ids.map((id) => id >>> GROUP_BITS))) {
        for (const [id, points] of readTail(group, wanted, range)) newest.set(id, points);
      }
      const merge = (id: number): Points => {
        const tailPoints = newest.get(id);
        const parts = readBlocks(id, range);
        return within(orderPoints(joinPoints(tailPoints === undefined ? parts : [...parts, tailPoints])), range);
      };
      return new Map(ids.map((id) => [id, merge(id)]));
    },
  };
}

/** The part of ordered points that lies in the range, in arrays of its own. */
function within(points: Points, { fromMs, toMs }: TimeRange): Points {
  const start = lowerBound(points.timesMs, fromMs);
  const end = lowerBound(points.timesMs, toMs);
  if (start === 0 && end === points.timesMs.length) return points;
  return copyPoints(points, start, Math.max(start, end));
}
