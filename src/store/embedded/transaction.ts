// Runs work in a transaction that is undone when the work throws.
import type { DatabaseSync } from 'node:sqlite';

export function transaction<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite itself rolls back on some errors, a full disk among them.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Runs reads against one state of the database, whatever is written meanwhile. */
export function snapshot<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec('BEGIN');
  try {
    return work();
  } finally {
    if (db.isTransaction) db.exec('COMMIT');
  }
}
