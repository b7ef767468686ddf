// A reader's thread: one read-only connection. Thanks to the write-ahead log it neither waits for the writer nor makes it wait.
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { AppError } from '#kit/errors.ts';
import type { StoreInfo, TimeRange, TrackScores } from '../contract.ts';
import { readAlertChanges, readAlerts, readMessages } from './alerts.ts';
import { openForReading } from './database.ts';
import { schemaVersion } from './migrations.ts';
import { outboxState, readUnsent } from './outbox.ts';
import type { Handlers, ReaderOps } from './protocol.ts';
import { readFindingById, readFindings } from './read-findings.ts';
import { readRollUps } from './read-roll-ups.ts';
import { createScoreReader, type ScoreReader } from './read-scores.ts';
import { numberOf } from './rows.ts';
import { serve } from './serve.ts';
import { readEdges, readSpans } from './span-rows.ts';
import { toAppError } from './sqlite-error.ts';
import { readState } from './state.ts';
import { trackOf } from './tracks.ts';
import { snapshot } from './transaction.ts';

interface Opened {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly scores: ScoreReader;
}

let opened: Opened | undefined;

/** Reads against one state of the store; what SQLite throws becomes an error that says what to do. */
function read<Result>(work: (opened: Opened) => Result): Result {
  const now = opened;
  if (now === undefined) throw new AppError('internal', 'a reader was used before it was opened');
  try {
    return snapshot(now.db, () => work(now));
  } catch (error) {
    throw toAppError(error, now.file);
  }
}

function infoOf({ db, file }: Opened): StoreInfo {
  const { epoch, scores } = readState(db);
  const count = (table: string) => numberOf(db.prepare(`SELECT count(*) AS n FROM ${table}`).get() ?? {}, 'n');
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    path: file,
    sizeBytes: sizeOf(file) + sizeOf(`${file}-wal`),
    schemaVersion: schemaVersion(db),
    epoch,
    tracks: count('tracks'),
    scores,
    findings: count('findings'),
  };
}

function scoresOf({ db, scores }: Opened, keys: readonly string[], range: TimeRange): TrackScores[] {
  const byKey = db.prepare('SELECT id, json, crc FROM tracks WHERE key = ?');
  const rows = keys.map((key) => byKey.get(key)).filter((row) => row !== undefined);
  const points = scores.read(
    rows.map((row) => numberOf(row, 'id')),
    range,
  );
  return rows.flatMap((row) => {
    const found = points.get(numberOf(row, 'id'));
    if (found === undefined) return [];
    const { timesMs, values, scores: scored, expected, lower, upper, flags } = found;
    return [{ track: trackOf(db, row), timesMs, values, scores: scored, expected, lower, upper, flags }];
  });
}

const handlers: Handlers<ReaderOps> = {
  open: (file) => {
    const db = openForReading(file);
    opened = { db, file, scores: createScoreReader(db) };
  },
  info: () => read(infoOf),
  position: () =>
    read(({ db }) => {
      const { stream, seenMs } = readState(db);
      return stream === undefined || seenMs === undefined ? undefined : { stream, seenMs };
    }),
  tracks: (after, limit) =>
    read(({ db }) => {
      const rows = db.prepare('SELECT id, json, crc FROM tracks WHERE id > ? ORDER BY id LIMIT ?').all(after, limit);
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        tracks: rows.map((row) => trackOf(db, row)),
        next: last === undefined ? undefined : numberOf(last, 'id'),
      };
    }),
  scores: (keys, range) => read((now) => scoresOf(now, keys, range)),
  findings: (query) => read(({ db }) => readFindings(db, query)),
  finding: (id) => read(({ db }) => readFindingById(db, id)),
  spans: (query) => read(({ db }) => readSpans(db, query)),
  edges: () => read(({ db }) => readEdges(db)),
  rollUps: (range, stepMs) => read(({ db }) => readRollUps(db, range, stepMs)),
  unsent: () => read(({ db, scores }) => readUnsent(db, scores)),
  outboxState: () => read(({ db }) => outboxState(db)),
  alertChanges: () => read(({ db }) => readAlertChanges(db)),
  alerts: (resolvedSinceMs) => read(({ db }) => readAlerts(db, resolvedSinceMs)),
  alertMessages: (receiver) => read(({ db }) => readMessages(db, receiver)),
  close: () => {
    opened?.db.close();
    opened = undefined;
  },
};

if (parentPort !== null) serve<ReaderOps>(parentPort, handlers);
