// What the writer does, as promises: each goes through one queue (job-queue.ts), so that there is one order of writing.
import type { DatabaseSync } from 'node:sqlite';
import type { AppError } from '#kit/errors.ts';
import type { Track } from '#model/score.ts';
import type { AppendResult } from '../contract.ts';
import { type Appender, createAppender } from './append.ts';
import { createCompactor } from './compact.ts';
import { createCompactionPolicy } from './compaction-policy.ts';
import { limitBytes } from './database.ts';
import { createJobQueue } from './job-queue.ts';
import { removeSent } from './outbox.ts';
import type { WireBatch } from './protocol.ts';
import { retain, shrink } from './retain.ts';
import { toAppError } from './sqlite-error.ts';
import { readState, writeState } from './state.ts';
import { transaction } from './transaction.ts';

/** What retention may use beyond `maxBytes`, so that it can make room in a store that is full. */
const RESERVE_BYTES = 64 * 1024 * 1024;

export interface WriterQueue {
  defineTracks(first: number, tracks: readonly Track[]): Promise<void>;
  append(batch: WireBatch): Promise<AppendResult>;
  sent(number: number): Promise<void>;
  /** A short write of its own, in one transaction. */
  write<Result>(work: (db: DatabaseSync) => Result): Promise<Result>;
  nextEpoch(): Promise<number>;
  retain(beforeMs: number): Promise<number>;
  clear(): Promise<void>;
  /** Resolves when all that waits is done. */
  end(): Promise<void>;
}

export interface WriterQueueOptions {
  readonly maxBytes: number | undefined;
  readonly outbox: boolean;
  readonly alerts: boolean;
}

export function createWriterQueue(db: DatabaseSync, options: WriterQueueOptions): WriterQueue {
  const appender = createAppender(db, options);
  const compactor = createCompactor(db, appender.tail);
  const policy = createCompactionPolicy({
    tail: appender.tail,
    compactor,
    file: db.location() ?? '',
    onFailure: warnOfFailure,
  });
  const queue = createJobQueue({ append: appender.append, ...policy });
  const limit = (reserve: number) => {
    if (options.maxBytes !== undefined) limitBytes(db, options.maxBytes + reserve);
  };

  return {
    defineTracks: (first, tracks) => queue.run(() => once(() => appender.tracks.define(first, tracks))),
    append: queue.append,
    sent: (number) =>
      queue.run(() =>
        guarded(
          db,
          appender,
          once(() => removeSent(db, number)),
        ),
      ),
    write: (work) =>
      queue.run(() =>
        guarded(
          db,
          appender,
          once(() => transaction(db, () => work(db))),
        ),
      ),
    nextEpoch: () => queue.run(() => guarded(db, appender, once(appender.nextEpoch))),
    retain: (beforeMs) =>
      queue.run(function* () {
        const work = guarded(db, appender, retain(db, { appender, compactor }, beforeMs));
        for (;;) {
          // Between two steps appends get their turn, and the reserve is not theirs.
          limit(RESERVE_BYTES);
          try {
            const step = work.next();
            if (step.done === true) return step.value;
          } finally {
            limit(0);
          }
          yield;
        }
      }),
    clear: () => queue.run(() => guarded(db, appender, clear(db, appender))),
    end: queue.end,
  };
}

/** No caller waits for a compaction, so that its failure would be seen by nobody: it goes to the standard error. */
function warnOfFailure({ code, message }: AppError, failures: number): void {
  process.emitWarning(`compaction failed (${failures} until now); the points are kept and served: ${message}`, {
    type: 'StoreWarning',
    code,
  });
}

/** The same work; when it fails, what is kept in memory is read again and the error says what to do. */
function* guarded<Result>(
  db: DatabaseSync,
  appender: Appender,
  work: Generator<void, Result>,
): Generator<void, Result> {
  try {
    return yield* work;
  } catch (error) {
    appender.reload();
    throw toAppError(error, db.location() ?? '');
  }
}

// biome-ignore lint/correctness/useYield: work of a single step.
function* once<Result>(work: () => Result): Generator<void, Result> {
  return work();
}

/** Children before parents. */
const CLEARED = [
  ...['tail', 'blocks', 'tracks', 'batches', 'minutes', 'findings', 'spans', 'edges', 'outbox'],
  ...['alert_changes', 'alerts', 'alert_messages'],
];

function* clear(db: DatabaseSync, appender: Appender): Generator<void, void> {
  transaction(db, () => {
    const { epoch } = readState(db);
    // Without a WHERE, SQLite drops a table's pages without looking at its rows.
    for (const table of CLEARED) {
      db.exec(`DELETE FROM ${table}`);
    }
    writeState(db, { epoch, stream: undefined, seenMs: undefined, scores: 0 });
  });
  appender.reload();
  yield;
  yield* shrink(db);
}
