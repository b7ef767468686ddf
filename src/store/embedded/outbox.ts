// Which of what was stored is still to be sent on: for each append the (track, time) of its scored points and the ids of its
// findings, in its transaction. What they are is read when they are sent, so that an hour without a receiver costs about a
// byte a point, and what was judged again meanwhile is sent as it now is.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock, FIGURES, type Points, type ScoreBlock } from '#model/score-block.ts';
import type { OutboxState, TimeRange, Unsent } from '../contract.ts';
import { packPlaces, unpackPlaces } from './outbox-codec.ts';
import { lowerBound } from './points.ts';
import { readFindingById } from './read-findings.ts';
import type { ScoreReader } from './read-scores.ts';
import { bytesOf, checkCrc, damaged, numberOf, type Row, rowCrc, textOf } from './rows.ts';
import { trackOf } from './tracks.ts';
import { transaction } from './transaction.ts';

/** Points of a row, and about as many of one answer. */
const ROW_POINTS = 4096;
/** Rows of one answer at most: small ones are sent together. */
const ANSWER_ROWS = 256;
/** Rows further apart are not read together: all between would be read. */
const ANSWER_MS = 3_600_000;

export const OUTBOX_COLUMNS = 'number, points, min_ms, max_ms, data, findings, crc';

export interface OutboxWriter {
  /** `ids[row]` is the stored number of the row's track. Within the append's transaction. */
  add(scores: ScoreBlock, ids: Uint32Array, findings: readonly Finding[]): void;
}

export function createOutboxWriter(db: DatabaseSync): OutboxWriter {
  const insert = db.prepare(
    'INSERT INTO outbox (points, min_ms, max_ms, data, findings, crc) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const write = (tracks: Uint32Array, timesMs: Float64Array, findings: readonly Finding[]) => {
    const known = [...timesMs, ...findings.map(({ seenMs }) => seenMs)];
    const minMs = known.reduce((least, timeMs) => Math.min(least, timeMs), Number.POSITIVE_INFINITY);
    const maxMs = known.reduce((most, timeMs) => Math.max(most, timeMs), Number.NEGATIVE_INFINITY);
    const data = packPlaces(tracks, timesMs);
    const ids = JSON.stringify(findings.map(({ id }) => id));
    const points = tracks.length;
    insert.run(points, minMs, maxMs, data, ids, outboxCrc(points, minMs, maxMs, data, ids));
  };
  return {
    add(scores, ids, findings) {
      const rows: number[] = [];
      for (let row = 0; row < ids.length; row++) if (!Number.isNaN(scores.scores[row])) rows.push(row);
      for (let start = 0; start < rows.length; start += ROW_POINTS) {
        const some = rows.slice(start, start + ROW_POINTS);
        const at = (column: ArrayLike<number>) => (row: number) => column[row] ?? 0;
        write(Uint32Array.from(some, at(ids)), Float64Array.from(some, at(scores.timesMs)), []);
      }
      if (findings.length > 0) write(new Uint32Array(0), new Float64Array(0), findings);
    },
  };
}

interface OutboxRow {
  readonly number: number;
  readonly tracks: Uint32Array;
  readonly timesMs: Float64Array;
  readonly findings: readonly string[];
}

/** A row, after its check sum was found right. */
export function readOutboxRow(db: DatabaseSync, row: Row): OutboxRow {
  const [number, points, data] = [numberOf(row, 'number'), numberOf(row, 'points'), bytesOf(row, 'data')];
  const [minMs, maxMs, findings] = [numberOf(row, 'min_ms'), numberOf(row, 'max_ms'), textOf(row, 'findings')];
  checkCrc(db, `row ${number} of the outbox`, row, outboxCrc(points, minMs, maxMs, data, findings));
  try {
    return { number, ...unpackPlaces(data, points), findings: JSON.parse(findings) as string[] };
  } catch (error) {
    throw damaged(db, `row ${number} of the outbox cannot be read`, error);
  }
}

/** The oldest that wait, as they are stored; the caller holds a snapshot. What is gone from the store is left out. */
export function readUnsent(db: DatabaseSync, reader: ScoreReader): Unsent | undefined {
  const rows = oldestRows(db);
  const number = rows.at(-1)?.number;
  if (number === undefined) return undefined;
  const ids = new Set(rows.flatMap(({ findings }) => findings));
  const findings = [...ids].flatMap((id) => readFindingById(db, id) ?? []);
  return { number, findings, ...pointsOf(db, reader, rows) };
}

function oldestRows(db: DatabaseSync): OutboxRow[] {
  const rows: OutboxRow[] = [];
  let [points, minMs, maxMs] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const oldest = db.prepare(`SELECT ${OUTBOX_COLUMNS} FROM outbox ORDER BY number LIMIT ${ANSWER_ROWS}`);
  for (const row of oldest.iterate()) {
    points += numberOf(row, 'points');
    minMs = Math.min(minMs, numberOf(row, 'min_ms'));
    maxMs = Math.max(maxMs, numberOf(row, 'max_ms'));
    if (rows.length > 0 && (points > ROW_POINTS || maxMs - minMs > ANSWER_MS)) break;
    rows.push(readOutboxRow(db, row));
  }
  return rows;
}

/** A point, where it was read. */
interface Place {
  readonly points: Points;
  readonly row: number;
  /** Index into the answer's tracks. */
  readonly track: number;
  readonly timeMs: number;
}

function pointsOf(
  db: DatabaseSync,
  reader: ScoreReader,
  rows: readonly OutboxRow[],
): Pick<Unsent, 'tracks' | 'scores' | 'damaged'> {
  const wanted = new Map<number, Set<number>>();
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { tracks, timesMs } of rows) {
    tracks.forEach((track, index) => {
      const timeMs = timesMs[index] ?? 0;
      const times = wanted.get(track) ?? new Set<number>();
      wanted.set(track, times.add(timeMs));
      fromMs = Math.min(fromMs, timeMs);
      toMs = Math.max(toMs, timeMs);
    });
  }
  // One more than the last time: the range is open at its end.
  const range = { fromMs, toMs: toMs + 1 };
  const { stored, damaged: unreadable } = readAll(reader, [...wanted.keys()], range);
  const byId = db.prepare('SELECT id, json, crc FROM tracks WHERE id = ?');
  const tracks: Track[] = [];
  const parts: Place[] = [];
  for (const [id, times] of wanted) {
    const row = byId.get(id);
    const points = stored.get(id);
    if (row === undefined || points === undefined) continue;
    for (const timeMs of times) {
      const at = lowerBound(points.timesMs, timeMs);
      if (points.timesMs[at] === timeMs) parts.push({ points, row: at, track: tracks.length, timeMs });
    }
    tracks.push(trackOf(db, row));
  }
  parts.sort((a, b) => a.timeMs - b.timeMs);
  const lost = unreadable.reduce((sum, id) => sum + (wanted.get(id)?.size ?? 0), 0);
  return { tracks, scores: blockOf(parts), damaged: lost };
}

/** A track that is damaged must not hold up the others for ever. */
function readAll(reader: ScoreReader, ids: readonly number[], range: TimeRange) {
  const stored = new Map<number, Points>();
  const unreadable: number[] = [];
  const take = (some: readonly number[]): void => {
    try {
      for (const [id, points] of reader.read(some, range)) stored.set(id, points);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'store-corrupt') throw error;
      if (some.length === 1) unreadable.push(...some);
      else for (const id of some) take([id]);
    }
  };
  take(ids);
  return { stored, damaged: unreadable };
}

function blockOf(parts: readonly Place[]): ScoreBlock {
  const block = emptyBlock(parts.length);
  parts.forEach(({ points, row, track }, index) => {
    for (const figure of FIGURES) block[figure][index] = points[figure][row] ?? Number.NaN;
    block.tracks[index] = track;
    block.flags[index] = points.flags[row] ?? 0;
  });
  return block;
}

export function outboxState(db: DatabaseSync): OutboxState {
  const waiting = db
    .prepare('SELECT coalesce(sum(points + json_array_length(findings)), 0) AS waiting FROM outbox')
    .get();
  const expired = db.prepare('SELECT coalesce(sum(points), 0) AS points FROM outbox_expired').get();
  return { waiting: numberOf(waiting ?? {}, 'waiting'), expired: numberOf(expired ?? {}, 'points') };
}

export function removeSent(db: DatabaseSync, number: number): void {
  transaction(db, () => db.prepare('DELETE FROM outbox WHERE number <= ?').run(number));
}

/** Removes at most `limit` rows whose newest is older, and counts what they held; returns how many rows. */
export function expireUnsent(db: DatabaseSync, beforeMs: number, limit: number): number {
  const old = 'SELECT number FROM outbox WHERE max_ms < ? ORDER BY number LIMIT ?';
  const held = db
    .prepare(
      `SELECT coalesce(sum(points + json_array_length(findings)), 0) AS held FROM outbox WHERE number IN (${old})`,
    )
    .get(beforeMs, limit);
  const { changes } = db.prepare(`DELETE FROM outbox WHERE number IN (${old})`).run(beforeMs, limit);
  if (changes === 0) return 0;
  db.prepare(
    'INSERT INTO outbox_expired (id, points) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET points = points + excluded.points',
  ).run(numberOf(held ?? {}, 'held'));
  return Number(changes);
}

function outboxCrc(points: number, minMs: number, maxMs: number, data: Uint8Array, findings: string): number {
  return rowCrc([points, minMs, maxMs, findings], data);
}
