// The one row that says who may write and how far the stream has been worked through.
import type { DatabaseSync } from 'node:sqlite';
import { checkCrc, numberOf, optionalNumberOf, optionalTextOf, rowCrc } from './rows.ts';

export interface State {
  epoch: number;
  stream: string | undefined;
  seenMs: number | undefined;
  /** Points that are stored, each (track, time) once. */
  scores: number;
}

/** The stored state; that of an empty store when there is none yet. */
export function readState(db: DatabaseSync): State {
  const row = db.prepare('SELECT epoch, stream, seen_ms, scores, crc FROM state WHERE id = 1').get();
  if (row === undefined) return { epoch: 0, stream: undefined, seenMs: undefined, scores: 0 };
  const state = {
    epoch: numberOf(row, 'epoch'),
    stream: optionalTextOf(row, 'stream'),
    seenMs: optionalNumberOf(row, 'seen_ms'),
    scores: numberOf(row, 'scores'),
  };
  checkCrc(db, 'the position', row, crcOf(state));
  return state;
}

export function writeState(db: DatabaseSync, state: State): void {
  db.prepare('INSERT OR REPLACE INTO state (id, epoch, stream, seen_ms, scores, crc) VALUES (1, ?, ?, ?, ?, ?)').run(
    state.epoch,
    state.stream ?? null,
    state.seenMs ?? null,
    state.scores,
    crcOf(state),
  );
}

function crcOf(state: State): number {
  return rowCrc([state.epoch, state.stream, state.seenMs, state.scores]);
}
