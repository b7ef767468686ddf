// One process per folder. The lock is SQLite's own on a small file beside the database: the operating system lets go of it
// when the process ends, however it ends, so that no stale file is ever in the way. The process id beside it is for the
// message only.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import { isBusy, toAppError } from './sqlite-error.ts';

export const LOCK_FILE = 'lock.db';
const OWNER_FILE = 'lock.pid';

export interface FolderLock {
  release(): void;
}

/** Holds the folder until `release` or the end of the process. `in-use` when another has it, with its process id. */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, LOCK_FILE);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 0 });
    // Never read this file by other means in this process: closing a second descriptor would drop the lock (POSIX).
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(join(folder, OWNER_FILE), `${process.pid}\n`);
  } catch (error) {
    db?.close();
    throw isBusy(error) ? inUse(folder, error) : toAppError(error, file);
  }
  const held = db;
  return { release: () => held.close() };
}

function inUse(folder: string, cause: unknown): AppError {
  const owner = ownerOf(folder);
  const who = owner === process.pid ? 'this process' : owner === undefined ? 'another process' : `process ${owner}`;
  return new AppError('in-use', `the data folder ${folder} is in use by ${who}: stop it, or choose another folder`, {
    cause,
  });
}

function ownerOf(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, OWNER_FILE), 'utf8'), 10);
    return Number.isInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
