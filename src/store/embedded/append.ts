// Stores batches: several that wait go into one transaction, so that they share one sync to the disk. A batch is there
// whole or not at all, with its key and the position it brings the stream to.
import type { DatabaseSync } from 'node:sqlite';
import type { AppError } from '#kit/errors.ts';
import type { AppendResult } from '../contract.ts';
import { createChangeWriter } from './alerts.ts';
import { checkBatch } from './check-batch.ts';
import { createFindingWriter, serviceOf } from './finding-rows.ts';
import { createCountWriter } from './minute-counts.ts';
import { createOutboxWriter } from './outbox.ts';
import type { WireBatch } from './protocol.ts';
import { createScoreReader } from './read-scores.ts';
import { numberOf } from './rows.ts';
import { createSpanWriter } from './span-rows.ts';
import { toAppError } from './sqlite-error.ts';
import { readState, type State, writeState } from './state.ts';
import { createTailWriter, type TailWriter } from './tail.ts';
import { createTrackRegistry, GROUP_BITS, type TrackRegistry } from './tracks.ts';
import { transaction } from './transaction.ts';

/** Keys remembered. A writer sends again only what was not acknowledged, and has far fewer on the way than this. */
const REMEMBERED_KEYS = 65_536;

export type Outcome = AppendResult | AppError;

export interface Appender {
  readonly tail: TailWriter;
  readonly tracks: TrackRegistry;
  /** One outcome for each batch. A batch that is refused or fails does not keep the others from being stored. */
  append(batches: readonly WireBatch[]): Outcome[];
  nextEpoch(): number;
  /** Changes the number of stored points by `change`, within a transaction of the caller. */
  addScores(change: number): void;
  /** What is kept in memory is read again: after a rollback, or when somebody else changed the rows. */
  reload(): void;
}

export interface AppenderOptions {
  /** Whether what is stored is to be sent on. */
  readonly outbox: boolean;
  /** Whether alerts are made of it. */
  readonly alerts?: boolean;
}

export function createAppender(db: DatabaseSync, options: AppenderOptions = { outbox: false }): Appender {
  const write = createBatchWriter(db, options);
  const { tracks, tail } = write;
  let state = readState(db);
  const reload = () => {
    state = readState(db);
    write.reload();
  };

  const appendAll = (batches: readonly WireBatch[]): Outcome[] =>
    transaction(db, () => {
      const before = { ...state };
      const outcomes = batches.map((batch): Outcome => {
        try {
          checkBatch(batch, state);
        } catch (error) {
          return toAppError(error, db.location() ?? '');
        }
        state.epoch = Math.max(state.epoch, batch.epoch);
        return write.batch(batch, state);
      });
      write.flush();
      if (JSON.stringify(before) !== JSON.stringify(state)) writeState(db, state);
      return outcomes;
    });

  /** What is in memory may not be on the disk: nothing is built on it before it was read again. */
  let isAhead = false;
  const catchUp = () => {
    if (isAhead) reload();
    isAhead = false;
  };
  const append = (batches: readonly WireBatch[]): Outcome[] => {
    try {
      catchUp();
      return appendAll(batches);
    } catch (error) {
      isAhead = true;
      // One of several may be the reason: each gets its own chance, and its own answer.
      if (batches.length > 1) return batches.flatMap((batch) => append([batch]));
      return [toAppError(error, db.location() ?? '')];
    }
  };

  return {
    tail,
    tracks,
    append,
    nextEpoch: () => {
      catchUp();
      transaction(db, () => writeState(db, { ...state, epoch: state.epoch + 1 }));
      state.epoch++;
      return state.epoch;
    },
    addScores: (change) => {
      catchUp();
      state.scores += change;
      writeState(db, state);
    },
    reload,
  };
}

interface BatchWriter {
  readonly tail: TailWriter;
  readonly tracks: TrackRegistry;
  batch(batch: WireBatch, state: State): AppendResult;
  flush(): void;
  reload(): void;
}

function createBatchWriter(db: DatabaseSync, options: AppenderOptions): BatchWriter {
  const tracks = createTrackRegistry(db);
  const tail = createTailWriter(db);
  const findings = createFindingWriter(db);
  const spans = createSpanWriter(db);
  const counts = createCountWriter(db, { reader: createScoreReader(db), newestOf: newestTimes(db, tracks, tail) });
  const outbox = options.outbox ? createOutboxWriter(db) : undefined;
  const changed = options.alerts === true ? createChangeWriter(db) : undefined;
  const isStored = db.prepare('SELECT 1 FROM batches WHERE key = ?');
  const addKey = db.prepare('INSERT INTO batches (key) VALUES (?)');
  const forgetKeys = db.prepare('DELETE FROM batches WHERE number <= ?');

  return {
    tail,
    tracks,
    batch: (batch, state) => {
      if (isStored.get(batch.key) !== undefined) return { outcome: 'duplicate' };
      forgetKeys.run(Number(addKey.run(batch.key).lastInsertRowid) - REMEMBERED_KEYS);
      const ids = tracks.idsOf(batch.tracks);
      const rows = batch.scores.tracks.map((track) => ids[track] ?? 0);
      state.scores += counts.add(batch.scores, rows);
      tail.append(batch.scores, rows);
      outbox?.add(batch.scores, rows, batch.findings);
      for (const finding of batch.findings) {
        for (const { timeMs, change } of findings.put(finding, serviceOf(finding, tracks.find)))
          counts.opened(timeMs, change);
        changed?.(finding);
      }
      spans.putSpans(batch.spans);
      spans.putEdges(batch.edges);
      state.stream = batch.position.stream;
      // A late batch does not take back what a later one has already promised.
      state.seenMs = Math.max(state.seenMs ?? batch.position.seenMs, batch.position.seenMs);
      return { outcome: 'stored' };
    },
    flush: counts.flush,
    reload: () => {
      tracks.forgetIds();
      tail.reload();
      counts.reset();
    },
  };
}

/** The newest time that a track may have in the store: exact for its blocks, that of its group for the tail. */
function newestTimes(db: DatabaseSync, tracks: TrackRegistry, tail: TailWriter): (track: number) => number {
  const lastBlock = db.prepare('SELECT max(end_ms) AS end_ms FROM blocks WHERE track = ?');
  return (track) => {
    if (!tracks.isOld(track)) return Number.NEGATIVE_INFINITY;
    const row = lastBlock.get(track);
    const blocks = row === undefined || row.end_ms === null ? Number.NEGATIVE_INFINITY : numberOf(row, 'end_ms');
    return Math.max(blocks, tail.groups.get(track >>> GROUP_BITS)?.maxMs ?? Number.NEGATIVE_INFINITY);
  };
}
