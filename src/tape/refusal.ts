// What is said when a file is not the tape it should be: what, where, and what to do. A file without the magic is foreign;
// one that does not end as a tape does was cut short; anything else that does not add up is corrupt.
import { AppError } from '#kit/errors.ts';

/** What is wrong may quote the tape, and a terminal must not obey it. */
const CONTROL = /\p{Cc}/gu;

/** How other files begin, so that a mistaken name is recognised at once. */
const OTHER_FORMATS: readonly (readonly [start: string, name: string])[] = [
  ['89504e47', 'a PNG picture'],
  ['ffd8ff', 'a JPEG picture'],
  ['1f8b', 'gzip data'],
  ['28b52ffd', 'Zstandard data'],
  ['504b0304', 'a ZIP archive'],
  ['53514c69746520666f726d6174', 'an SQLite database'],
  ['7f454c46', 'a program'],
  ['25504446', 'a PDF'],
];

export function foreign(path: string, start: Uint8Array): AppError {
  const hex = Buffer.from(start).toString('hex');
  const known = OTHER_FORMATS.find(([prefix]) => hex.startsWith(prefix))?.[1];
  const text = /^[\t\r\n\x20-\x7e]+$/.test(Buffer.from(start).toString('latin1'));
  const looks = known ?? (text ? 'text' : 'something else');
  return new AppError(
    'tape-foreign',
    `${path} is not a tape: it looks like ${looks}. Name a .tape file, or make one with "tidewatch tape convert".`,
  );
}

export function notAFile(path: string): AppError {
  return new AppError('tape-foreign', `${path} is not a file: name the .tape file itself.`);
}

export function truncated(path: string, what: string): AppError {
  return new AppError(
    'tape-truncated',
    `${path} was cut short: ${what}. Copy it again from where it came from and compare the sizes.`,
  );
}

/** `where` names the part, with its offset where there is one. */
export function corrupt(path: string, where: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'tape-corrupt',
    `${path} is damaged in ${where}: ${what.replace(CONTROL, '\uFFFD')}. Copy it again from where it came from; "tidewatch tape verify" checks a copy.`,
    { cause },
  );
}

export function newer(path: string, version: number, known: number): AppError {
  return new AppError(
    'tape-newer',
    `${path} has version ${version} of the tape format; this Tidewatch reads up to ${known}. Update Tidewatch.`,
  );
}

/** An error of the file system when opening or reading, as one that says what to do. */
export function unreadable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('not-found', `There is no tape at ${path}: check the name.`, { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('forbidden', `${path} may not be read by this user: change its permissions.`, { cause });
  }
  return new AppError('unavailable', `${path} cannot be read (${String(cause)}): try again, or copy it elsewhere.`, {
    cause,
    retryable: true,
  });
}

/** The same when writing. */
export function unwritable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', `No room left to write ${path}: free some space, or write elsewhere.`, { cause });
  }
  return new AppError(
    'cannot-write',
    `Cannot write ${path} (${String(cause)}): check the folder and its permissions.`,
    {
      cause,
    },
  );
}
