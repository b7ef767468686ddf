// Opening the database: the settings that durability stands on, and the checks before anything of it is believed.
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, migrate } from './migrations.ts';
import { corruptFile, damaged, numberOf, type Row } from './rows.ts';
import { cannotWrite, isStatementError, toAppError } from './sqlite-error.ts';
import { verifyRows } from './verify.ts';

export const DATABASE_FILE = 'tidewatch.db';
/** "TIDE": tells our files from other programs' databases (PRAGMA application_id). */
const APPLICATION_ID = 0x54494445;
/** Up to here a file is checked whole at the start (about a second); beyond, row by row as it is read. */
const VERIFY_BYTES = 256 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 5000;

export function createFolder(folder: string): void {
  try {
    makeFolders(folder);
    if (!statSync(folder).isDirectory()) throw cannotWrite(folder, 'it is a file');
  } catch (error) {
    throw toAppError(error, folder);
  }
}

/** Step by step: `mkdir` with `recursive` never returns where a file system answers ENOENT for a new name, as /proc does. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolders(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

/** Opens, creates or migrates the database for the one writer. The caller holds the folder's lock. */
export function openForWriting(file: string, options: { readonly maxBytes?: number } = {}): DatabaseSync {
  return guarded(
    file,
    () => new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }),
    (db) => {
      // Both only have an effect before the first table: pages of 8 kB suit rows of 3–15 kB, and a file that can shrink.
      db.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
      checkOwner(db);
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
      PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = 512; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16000`);
      migrate(db);
      if (options.maxBytes !== undefined) limitBytes(db, options.maxBytes);
      verify(db, file);
    },
  );
}

export function openForReading(file: string): DatabaseSync {
  return guarded(
    file,
    () => new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }),
    (db) => {
      db.exec('PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000');
    },
  );
}

/** Removes the database, whatever is in it. The caller holds the folder's lock. */
export function removeDatabase(folder: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    const file = join(folder, DATABASE_FILE + suffix);
    try {
      rmSync(file, { force: true });
    } catch (error) {
      throw toAppError(error, file);
    }
  }
}

/** From now on the file does not grow beyond `maxBytes`: an append that would make it is refused (`disk-full`). */
export function limitBytes(db: DatabaseSync, maxBytes: number): void {
  const pageSize = numberOf(one(db, 'PRAGMA page_size'), 'page_size');
  db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
}

function guarded(file: string, open: () => DatabaseSync, prepare: (db: DatabaseSync) => void): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = open();
    prepare(db);
    return db;
  } catch (error) {
    db?.close();
    // Nothing but fixed statements of ours ran: one that SQLite does not take means that the schema is not ours any more.
    throw isStatementError(error) ? corruptFile(file, error.message, error) : toAppError(error, file);
  }
}

function checkOwner(db: DatabaseSync): void {
  const owner = numberOf(one(db, 'PRAGMA application_id'), 'application_id');
  const tables = numberOf(one(db, 'SELECT count(*) AS tables FROM sqlite_schema'), 'tables');
  if (owner === APPLICATION_ID) return;
  if (tables > 0)
    throw damaged(db, 'it is not a database of Tidewatch; if it belongs to another program, choose another folder');
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

/** Structure, indexes and every row's check sum; a big file only its schema. */
function verify(db: DatabaseSync, file: string): void {
  try {
    if (schemaOf(db) !== expectedSchema()) throw damaged(db, 'its schema is not the one that was written');
    if (statSync(file).size > VERIFY_BYTES) return;
    const [first] = Object.values(one(db, 'PRAGMA integrity_check(1)'));
    if (first !== 'ok') throw damaged(db, String(first));
    verifyRows(db);
  } catch (error) {
    // A statement that does not fit a schema of ours means that the schema was damaged.
    throw error instanceof TypeError || error instanceof SyntaxError ? damaged(db, error.message, error) : error;
  }
}

function schemaOf(db: DatabaseSync): string {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
  return JSON.stringify(rows);
}

function expectedSchema(): string {
  const fresh = new DatabaseSync(':memory:');
  try {
    migrate(fresh, MIGRATIONS);
    return schemaOf(fresh);
  } finally {
    fresh.close();
  }
}

function one(db: DatabaseSync, sql: string): Row {
  return db.prepare(sql).get() ?? {};
}
