// Removing what is old, in bounded steps between which appends get their turn. Everything that ended before the limit goes:
// points one by one (a block that lies across is cut), closed findings, spans, whole minutes, and tracks without points.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import type { Appender } from './append.ts';
import { BLOCK_COLUMNS, type BlockWriter, createBlockWriter, readBlockRow } from './blocks.ts';
import type { Compactor } from './compact.ts';
import { MINUTE_MS } from './minute-counts.ts';
import { expireUnsent } from './outbox.ts';
import { copyPoints, lowerBound } from './points.ts';
import { numberOf, type Row } from './rows.ts';
import { GROUP_BITS } from './tracks.ts';
import { transaction } from './transaction.ts';

/** Rows that one step removes at most. */
const STEP_ROWS = 1000;
const STEP_BLOCKS = 250;
const STEP_PAGES = 500;

export interface RetainDeps {
  readonly appender: Appender;
  readonly compactor: Compactor;
}

/** Each `next` is one step; the value at the end is how many scores went. */
export function* retain(db: DatabaseSync, deps: RetainDeps, beforeMs: number): Generator<void, number> {
  // What is old and still in the tail goes to blocks first: there a point is only once, so that the count is right.
  for (const [group, { minMs }] of [...deps.appender.tail.groups]) {
    if (minMs >= beforeMs) continue;
    while ((deps.appender.tail.groups.get(group)?.minMs ?? beforeMs) < beforeMs) {
      if (!isRead(() => deps.compactor.compact(group))) break;
      yield;
    }
  }
  const removed = yield* removeScores(db, deps.appender, beforeMs);
  yield* removeRows(db, 'findings', 'closed_seen_ms < ?', beforeMs);
  yield* removeRows(db, 'alerts', "state = 'resolved' AND updated_ms < ?", beforeMs);
  yield* removeRows(db, 'alert_messages', 'since_ms < ?', beforeMs);
  yield* expire(db, beforeMs);
  yield* removeRows(db, 'spans', 'start_ms + duration_ms < ?', beforeMs);
  yield* removeRows(db, 'minutes', 'start_ms <= ?', beforeMs - MINUTE_MS);
  yield* removeTracks(db, deps.appender);
  yield* shrink(db);
  return removed;
}

function* removeScores(db: DatabaseSync, appender: Appender, beforeMs: number): Generator<void, number> {
  const writer = createBlockWriter(db);
  // By track, so that a step goes on where the one before stopped. Each track is one look into the index.
  const nextTrack = db.prepare('SELECT id FROM tracks WHERE id > ? ORDER BY id LIMIT 1');
  const firstEnds = db.prepare(
    `SELECT ${BLOCK_COLUMNS} FROM blocks WHERE track = ? AND start_ms < ? ORDER BY end_ms LIMIT ${STEP_BLOCKS}`,
  );
  let track: number | undefined = 0;
  let removed = 0;
  const step = (): number => {
    let gone = 0;
    for (let looked = 0, blocks = 0; looked < STEP_ROWS && blocks < STEP_BLOCKS; looked++) {
      const row = nextTrack.get(track ?? 0);
      if (row === undefined) {
        track = undefined;
        break;
      }
      const rows = firstEnds.all(numberOf(row, 'id'), beforeMs);
      blocks += rows.length;
      if (rows.length < STEP_BLOCKS) track = numberOf(row, 'id');
      for (const block of rows) gone += removeBefore(db, writer, block, beforeMs);
    }
    if (gone > 0) appender.addScores(-gone);
    return gone;
  };
  while (track !== undefined) {
    removed += transaction(db, step);
    yield;
  }
  return removed;
}

/** Removes what is old of one block; returns how many points went. */
function removeBefore(db: DatabaseSync, writer: BlockWriter, block: Row, beforeMs: number): number {
  const [id, track] = [numberOf(block, 'id'), numberOf(block, 'track')];
  // One that is old as a whole goes unread: damage must not keep it.
  if (numberOf(block, 'end_ms') < beforeMs) {
    writer.remove(id);
    return numberOf(block, 'points');
  }
  let gone = 0;
  isRead(() => {
    const points = readBlockRow(db, block);
    gone = lowerBound(points.timesMs, beforeMs);
    writer.remove(id);
    writer.insert(track, copyPoints(points, gone, points.timesMs.length));
  });
  return gone;
}

/** Whether it could be read. What is damaged stays until it is old as a whole; whoever asks for it is told. */
function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'store-corrupt') return false;
    throw error;
  }
}

function* removeRows(db: DatabaseSync, table: string, where: string, limit: number): Generator<void, void> {
  const remove = db.prepare(
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${where} LIMIT ${STEP_ROWS})`,
  );
  while (Number(transaction(db, () => remove.run(limit)).changes) === STEP_ROWS) yield;
}

/** What is gone cannot be sent on any more: it is counted. */
function* expire(db: DatabaseSync, beforeMs: number): Generator<void, void> {
  while (transaction(db, () => expireUnsent(db, beforeMs, STEP_ROWS)) === STEP_ROWS) yield;
}

function* removeTracks(db: DatabaseSync, appender: Appender): Generator<void, void> {
  const empty = db.prepare(
    `SELECT id FROM tracks WHERE id > ? AND NOT EXISTS (SELECT 1 FROM blocks WHERE track = tracks.id)
     ORDER BY id LIMIT ${STEP_ROWS}`,
  );
  const remove = db.prepare('DELETE FROM tracks WHERE id = ?');
  let after = 0;
  for (;;) {
    const ids = empty.all(after).map((row) => numberOf(row, 'id'));
    // A track whose group has rows in the tail may have points there, and waits for the next time.
    const gone = ids.filter((id) => !appender.tail.groups.has(id >>> GROUP_BITS));
    if (gone.length > 0) {
      transaction(db, () => {
        for (const id of gone) remove.run(id);
      });
      appender.reload();
    }
    after = ids.at(-1) ?? after;
    if (ids.length < STEP_ROWS) return;
    yield;
  }
}

/** Gives free pages back to the file system. */
export function* shrink(db: DatabaseSync): Generator<void, void> {
  const free = db.prepare('PRAGMA freelist_count');
  for (let pages = freePages(); pages > 0; ) {
    db.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
    const left = freePages();
    if (left >= pages) return;
    pages = left;
    yield;
  }

  function freePages(): number {
    return numberOf(free.get() ?? {}, 'freelist_count');
  }
}
