// Turns rows of the tail into blocks of one track each, a bounded piece of one group in one transaction: whoever reads
// sees the points before or after, never twice and never not at all.
import type { DatabaseSync } from 'node:sqlite';
import type { Points } from '#model/score-block.ts';
import { BLOCK_COLUMNS, BLOCK_POINTS, type BlockWriter, createBlockWriter, readBlockRow } from './blocks.ts';
import { joinPoints, orderPoints, pointsByTrack, slicePoints } from './points.ts';
import { numberOf, type Row } from './rows.ts';
import { readTailRow, TAIL_COLUMNS, type TailWriter } from './tail.ts';
import { transaction } from './transaction.ts';

/** Points taken in one piece at most, but for one row: 256 tracks of two hours; about 20 ms. */
const PIECE_POINTS = 256 * BLOCK_POINTS;

export interface Compactor {
  /** Compacts the oldest rows of a group; returns how many points they held, 0 when there are none. */
  compact(group: number): number;
}

export function createCompactor(db: DatabaseSync, tail: TailWriter): Compactor {
  const oldest = db.prepare(`SELECT ${TAIL_COLUMNS} FROM tail WHERE track_group = ? ORDER BY number`);
  const removeRow = db.prepare('DELETE FROM tail WHERE number = ?');
  const merger = createMerger(db, createBlockWriter(db));

  const takePiece = (group: number) =>
    transaction(db, () => {
      let points = 0;
      const rows: Row[] = [];
      for (const row of oldest.iterate(group)) {
        if (rows.length > 0 && points + numberOf(row, 'points') > PIECE_POINTS) break;
        points += numberOf(row, 'points');
        rows.push(row);
      }
      const byTrack = pointsByTrack(rows.map((row) => readTailRow(db, row)));
      for (const [track, added] of byTrack) merger.add(track, orderPoints(added));
      for (const row of rows) removeRow.run(numberOf(row, 'number'));
      return points;
    });

  return {
    compact: (group) => {
      const points = takePiece(group);
      tail.reload(group);
      return points;
    },
  };
}

interface Merger {
  /** Puts ordered points among the blocks of their track; a point with a time that is there replaces it. */
  add(track: number, points: Points): void;
}

interface Extent {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly points: number;
}

function createMerger(db: DatabaseSync, blocks: BlockWriter): Merger {
  const touched = db.prepare(
    'SELECT id, start_ms, end_ms, points FROM blocks WHERE track = ? AND end_ms >= ? ORDER BY end_ms',
  );
  const before = db.prepare(
    'SELECT id, start_ms, end_ms, points FROM blocks WHERE track = ? AND end_ms < ? ORDER BY end_ms DESC LIMIT 1',
  );
  const byId = db.prepare(`SELECT ${BLOCK_COLUMNS} FROM blocks WHERE id = ?`);

  const load = (extent: Extent): Points => readBlockRow(db, byId.get(extent.id) ?? {});

  return {
    add: (track, points) => {
      const first = points.timesMs[0] ?? 0;
      const last = points.timesMs[points.timesMs.length - 1] ?? 0;
      const near: Extent[] = [];
      const previous = before.get(track, first);
      if (previous !== undefined) near.push(extentOf(previous));
      for (const row of touched.iterate(track, first)) {
        if (numberOf(row, 'start_ms') > last) break;
        near.push(extentOf(row));
      }
      for (const piece of pieces(points, near)) {
        const old = piece.blocks.map(load);
        for (const block of piece.blocks) blocks.remove(block.id);
        blocks.insert(track, orderPoints(joinPoints([...old, ...piece.points])));
      }
    },
  };
}

interface Piece {
  readonly blocks: Extent[];
  readonly points: Points[];
}

/**
 * Which blocks have to be written again with which points: a block into whose extent a point falls, and a small block
 * that is followed by points, so that a slow trickle does not leave a block a point. Others stay as they are.
 */
function pieces(points: Points, near: readonly Extent[]): Piece[] {
  const { timesMs } = points;
  const result: Piece[] = [];
  let row = 0;
  const takeUntil = (isPast: (timeMs: number) => boolean): Points[] => {
    const start = row;
    while (row < timesMs.length && !isPast(timesMs[row] ?? 0)) row++;
    return row === start ? [] : [slicePoints(points, start, row)];
  };
  let open: Piece = { blocks: [], points: [] };
  const close = () => {
    if (open.points.length > 0) result.push(open);
    open = { blocks: [], points: [] };
  };
  for (const block of near) {
    open.points.push(...takeUntil((timeMs) => timeMs >= block.startMs));
    // Points before a block never join it: they join the block before, or make one of their own.
    close();
    open.blocks.push(block);
    open.points.push(...takeUntil((timeMs) => timeMs > block.endMs));
    if (open.points.length === 0 && block.points >= BLOCK_POINTS / 2) close();
  }
  open.points.push(...takeUntil(() => false));
  close();
  return result;
}

function extentOf(row: Row): Extent {
  return {
    id: numberOf(row, 'id'),
    startMs: numberOf(row, 'start_ms'),
    endMs: numberOf(row, 'end_ms'),
    points: numberOf(row, 'points'),
  };
}
