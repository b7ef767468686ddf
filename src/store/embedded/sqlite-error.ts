// Turns what SQLite and the file system throw into an error that says what, where and what to do.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { corruptFile } from './rows.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const CODE = {
  error: 1,
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** What the operating system answers, by the name Node gives it. */
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);
const NO_DESCRIPTORS = new Set(['EMFILE', 'ENFILE']);
/** The last is Node's own, for a path with a NUL in it. */
const NO_WRITING = new Set([
  ...['EACCES', 'EPERM', 'EROFS', 'EIO'],
  ...['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'],
]);

/** SQLite's primary result code, or undefined when the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CODE.busy || code === CODE.locked;
}

/** SQLite did not understand a statement, or it does not fit the schema. */
export function isStatementError(error: unknown): error is Error {
  return sqliteCode(error) === CODE.error;
}

/** An AppError for whatever was thrown while working on `file`; one that is an AppError already is returned as it is. */
export function toAppError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  switch (sqliteCode(error)) {
    case CODE.full:
      return diskFull(file, error);
    case CODE.corrupt:
    case CODE.notADatabase:
      return corruptFile(file, detail, error);
    case CODE.io:
      return hasSpace(file) ? cannotWrite(file, detail, error) : diskFull(file, error);
    case CODE.perm:
    case CODE.readOnly:
    case CODE.cannotOpen:
      return cannotWrite(file, detail, error);
    case CODE.busy:
    case CODE.locked:
      return new AppError('unavailable', `another program holds the store's file ${file}: close it and try again`, {
        cause: error,
        retryable: true,
      });
    default:
      return (
        fileError(error, file, detail) ??
        new AppError('internal', `the store failed on ${file}: ${detail}`, { cause: error })
      );
  }
}

/** What Node's own file calls throw (the folder, the lock, removing files); undefined when it is none of theirs. */
function fileError(error: unknown, file: string, detail: string): AppError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_SPACE.has(code)) return diskFull(file, error);
  if (NO_WRITING.has(code)) return cannotWrite(file, detail, error);
  if (!NO_DESCRIPTORS.has(code)) return undefined;
  return new AppError(
    'unavailable',
    `no more files can be opened for the store's file ${file} (${detail}): raise the limit on open files (ulimit -n) and try again`,
    { cause: error, retryable: true },
  );
}

export function cannotWrite(path: string, detail: string, cause?: unknown): AppError {
  return new AppError(
    'cannot-write',
    `cannot write the store at ${path} (${detail}): make the folder writable, or choose another with --data`,
    { cause },
  );
}

function diskFull(file: string, cause: unknown): AppError {
  return new AppError(
    'disk-full',
    `no space left for the store's file ${file}; what was acknowledged is safe and can be read. ` +
      'Make room or shorten the retention; the next append continues',
    { cause, retryable: true },
  );
}

/** A full disk shows as an I/O error where SQLite maps memory or the file system reports late. */
function hasSpace(file: string): boolean {
  try {
    return statfsSync(dirname(file)).bavail > 0;
  } catch {
    return true;
  }
}
