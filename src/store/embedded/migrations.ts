// The schema as a numbered list of steps. A step is never changed once it was released: a new one is added. The number of
// steps that a file has had is its `user_version`; each step commits together with the number.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import { numberOf } from './rows.ts';
import { transaction } from './transaction.ts';

const FIRST = `
-- One row: who may write, and up to where the stream has been worked through.
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, stream TEXT, seen_ms REAL, scores INTEGER NOT NULL,
  crc INTEGER NOT NULL) STRICT;
-- Keys of the newest batches, so that one that is sent again changes nothing.
CREATE TABLE batches (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tracks (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, json TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
-- Scores as they came: a row for an append and a group of 256 tracks. Rows are compacted into blocks.
CREATE TABLE tail (
  number INTEGER PRIMARY KEY, track_group INTEGER NOT NULL, min_ms REAL NOT NULL, max_ms REAL NOT NULL,
  points INTEGER NOT NULL, data BLOB NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE INDEX tail_by_group ON tail (track_group, number);
-- About 120 points of one track. Blocks of a track do not overlap in time.
CREATE TABLE blocks (
  id INTEGER PRIMARY KEY, track INTEGER NOT NULL REFERENCES tracks (id), start_ms REAL NOT NULL, end_ms REAL NOT NULL,
  points INTEGER NOT NULL, data BLOB NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX blocks_by_track ON blocks (track, end_ms, start_ms, points);
CREATE TABLE minutes (
  start_ms INTEGER PRIMARY KEY, points INTEGER NOT NULL, beyond_threshold INTEGER NOT NULL, in_finding INTEGER NOT NULL,
  opened INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE findings (
  id TEXT PRIMARY KEY, seen_ms REAL NOT NULL, start_ms REAL NOT NULL, confirmed_ms REAL NOT NULL, closed_seen_ms REAL,
  entity TEXT NOT NULL, service TEXT, metric TEXT NOT NULL, detector TEXT NOT NULL, peak REAL NOT NULL,
  words TEXT NOT NULL, json TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE INDEX findings_by_seen ON findings (seen_ms, id);
CREATE INDEX findings_by_peak ON findings (peak, id);
CREATE INDEX findings_by_entity ON findings (entity);
CREATE TABLE spans (
  trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, pod TEXT NOT NULL, service TEXT NOT NULL,
  operation TEXT NOT NULL, start_ms REAL NOT NULL, duration_ms REAL NOT NULL, crc INTEGER NOT NULL,
  PRIMARY KEY (trace_id, span_id)) STRICT;
CREATE INDEX spans_by_start ON spans (start_ms);
CREATE TABLE edges (
  type TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, crc INTEGER NOT NULL,
  PRIMARY KEY (type, source, target)) STRICT;
`;

const OUTBOX = `
-- Which points (track and time, packed) and findings (ids) are to be sent on, in the order in which they were stored. What
-- they are is read when they are sent.
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT, points INTEGER NOT NULL, min_ms REAL NOT NULL, max_ms REAL NOT NULL,
  data BLOB NOT NULL, findings TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE outbox_expired (id INTEGER PRIMARY KEY CHECK (id = 1), points INTEGER NOT NULL) STRICT;
`;

const ALERTS = `
-- Findings that changed since alerts were last made of them; a finding is here once, as it now is.
CREATE TABLE alert_changes (number INTEGER PRIMARY KEY AUTOINCREMENT, finding TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE alerts (
  key TEXT PRIMARY KEY, source TEXT NOT NULL, state TEXT NOT NULL, updated_ms REAL NOT NULL, json TEXT NOT NULL,
  crc INTEGER NOT NULL) STRICT;
CREATE INDEX alerts_by_state ON alerts (state, updated_ms);
-- What is to be told, once for each receiver, with the alert as it was then.
CREATE TABLE alert_messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, since_ms REAL NOT NULL, json TEXT NOT NULL,
  crc INTEGER NOT NULL) STRICT;
CREATE INDEX alert_messages_by_receiver ON alert_messages (receiver, number);
`;

export const MIGRATIONS: readonly string[] = [FIRST, OUTBOX, ALERTS];

export function schemaVersion(db: DatabaseSync): number {
  return numberOf(db.prepare('PRAGMA user_version').get() ?? {}, 'user_version');
}

/** Brings the schema up to date. `store-newer` when a newer release has written the file. */
export function migrate(db: DatabaseSync, steps: readonly string[] = MIGRATIONS): void {
  const version = schemaVersion(db);
  if (version > steps.length) {
    throw new AppError(
      'store-newer',
      `the store ${db.location() ?? ''} was written by a newer Tidewatch (schema ${version}, this one knows ${steps.length}): ` +
        'use that release, another data folder, or --fresh to begin anew',
    );
  }
  steps.slice(version).forEach((step, index) => {
    transaction(db, () => db.exec(`${step};\nPRAGMA user_version = ${version + index + 1}`));
  });
}
