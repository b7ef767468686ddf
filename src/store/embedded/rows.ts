// Typed access to rows, and the check sum that each row carries. SQLite does not notice a flipped bit in a value, so
// every row that is served is checked first: damage is reported (`store-corrupt`), never served as good.
import { basename } from 'node:path';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { AppError } from '#kit/errors.ts';

export type Row = Record<string, SQLOutputValue>;

const UNIT_SEPARATOR = '\u001f';

/** CRC-32 over a row's values in the order given; bytes come last. `undefined` and null are alike. */
export function rowCrc(values: readonly (string | number | null | undefined)[], bytes?: Uint8Array): number {
  const text = crc32(values.map((value) => value ?? '').join(UNIT_SEPARATOR));
  return bytes === undefined ? text : crc32(bytes, text);
}

/** The error for a database that cannot be believed, with what to do about it. */
export function damaged(db: DatabaseSync, detail: string, cause?: unknown): AppError {
  return corruptFile(db.location() ?? 'memory', detail, cause);
}

export function corruptFile(file: string, detail: string, cause?: unknown): AppError {
  return new AppError(
    'store-corrupt',
    `the store's file ${file} is damaged (${detail}); nothing of it is served. ` +
      `Start with --fresh to begin anew, or put back a copy of ${basename(file)}`,
    { cause },
  );
}

/** Throws `store-corrupt` unless the row's values are the ones that were written. */
export function checkCrc(db: DatabaseSync, what: string, row: Row, actual: number): void {
  if (row.crc !== actual) throw damaged(db, `the check sum of ${what} does not match`);
}

export function numberOf(row: Row, name: string): number {
  const value = row[name];
  if (typeof value !== 'number') throw new TypeError(`column ${name} is ${typeof value}, not a number`);
  return value;
}

export function textOf(row: Row, name: string): string {
  const value = row[name];
  if (typeof value !== 'string') throw new TypeError(`column ${name} is ${typeof value}, not text`);
  return value;
}

export function bytesOf(row: Row, name: string): Uint8Array {
  const value = row[name];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${name} is ${typeof value}, not bytes`);
  return value;
}

export function optionalNumberOf(row: Row, name: string): number | undefined {
  return row[name] === null ? undefined : numberOf(row, name);
}

export function optionalTextOf(row: Row, name: string): string | undefined {
  return row[name] === null ? undefined : textOf(row, name);
}
