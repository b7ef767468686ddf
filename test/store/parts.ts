// For tests: the store's parts on one connection, without threads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { AppError } from '#kit/errors.ts';
import type { AppendBatch, AppendResult } from '#store/contract.ts';
import { createAppender } from '#store/embedded/append.ts';
import { createCompactor } from '#store/embedded/compact.ts';
import { DATABASE_FILE, openForWriting } from '#store/embedded/database.ts';
import { createTrackDictionary } from '#store/embedded/track-dictionary.ts';

export interface TestFolder extends Disposable {
  readonly path: string;
  readonly file: string;
}

export function makeFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'tidewatch-store-'));
  return {
    path,
    file: join(path, DATABASE_FILE),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Appends as the writer does, and compaction on demand. */
export function openParts(file: string) {
  const db: DatabaseSync = openForWriting(file);
  const appender = createAppender(db);
  const dictionary = createTrackDictionary();
  const append = (batches: readonly AppendBatch[]): (AppendResult | AppError)[] =>
    appender.append(
      batches.map((batch) => {
        const { numbers, fresh } = dictionary.encode(batch.tracks);
        appender.tracks.define(fresh.first, fresh.tracks);
        return { ...batch, tracks: numbers };
      }),
    );
  return { db, appender, compactor: createCompactor(db, appender.tail), append };
}
