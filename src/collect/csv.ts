// Reads CSV as RFC 4180 has it: a header, then rows of as many fields, quotes where a field holds a comma, a quote or a
// line break. A file that is not that is refused with its name and line; nothing is guessed.
import { constants } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '#kit/errors.ts';

export interface CsvTable {
  readonly path: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line each row begins on, counted from 1, for messages. */
  readonly lines: readonly number[];
}

/** What a minute of traces may unpack to; more is a mistake or an attack. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
const unpack = promisify(gunzip);

/** The table in a `.csv` or `.csv.gz` file. Rejects with `not-found`, `bad-input` or `too-much`. */
export async function readCsv(path: string): Promise<CsvTable> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_FS_FILE_TOO_LARGE') throw tooLarge(path, 'it has', constants.MAX_STRING_LENGTH);
    throw new AppError('not-found', `Cannot read ${path}: check that the file is there and readable.`, { cause });
  });
  if (!path.endsWith('.gz')) return parseCsv(textOf(bytes, path), path);
  const unpacked = await unpack(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path, 'it unpacks to', MAX_UNPACKED_BYTES);
      throw new AppError('bad-input', `${path} is not whole gzip data: copy it again from where it came from.`, {
        cause,
      });
    },
  );
  return parseCsv(textOf(unpacked, path), path);
}

function textOf(bytes: Buffer, path: string): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) throw tooLarge(path, 'it has', constants.MAX_STRING_LENGTH);
  return bytes.toString('utf8');
}

function tooLarge(path: string, has: string, mostBytes: number): AppError {
  const most = Math.floor(mostBytes / 2 ** 20);
  return new AppError('too-much', `${path} is too large: ${has} more than ${most} MiB. Take a part of it.`);
}

/** The table in `text`; `path` is only named in messages. Empty lines are passed over. */
export function parseCsv(text: string, path: string): CsvTable {
  let columns: readonly string[] | undefined;
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const { fields, next, breaks } = readRow(text, at, path, line);
    if (fields.length > 1 || fields[0] !== '') {
      if (columns === undefined) columns = partedHeader(fields, path);
      else {
        if (fields.length !== columns.length) throw unequal(path, line, fields.length, columns.length);
        rows.push(fields);
        lines.push(line);
      }
    }
    at = next;
    line += breaks;
  }
  if (columns === undefined) throw new AppError('bad-input', `${path} is empty: a header and rows were expected.`);
  return { path, columns, rows, lines };
}

/** Index of the column `name`; throws `bad-input` when there is none. */
export function columnOf(table: CsvTable, name: string): number {
  const index = table.columns.indexOf(name);
  if (index >= 0) return index;
  throw new AppError('bad-input', `${table.path} has no column "${name}"; it has ${table.columns.join(', ')}.`);
}

function readRow(text: string, at: number, path: string, line: number) {
  const lineEnd = text.indexOf('\n', at);
  const end = lineEnd < 0 ? text.length : lineEnd;
  const plain = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
  if (!plain.includes('"')) return { fields: plain.split(','), next: end + 1, breaks: 1 };
  return readQuotedRow(text, at, path, line);
}

function readQuotedRow(text: string, from: number, path: string, line: number) {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    let field: string;
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close < 0) throw new AppError('bad-input', `${path}:${line}: a quote is opened and never closed.`);
      field = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    } else {
      const rest = /[^,\r\n]*/y;
      rest.lastIndex = at;
      field = rest.exec(text)?.[0] ?? '';
      at += field.length;
    }
    fields.push(field);
    if (text[at] === ',') {
      at++;
      continue;
    }
    if (text[at] === '\r') at++;
    if (at < text.length && text[at] !== '\n') {
      throw new AppError('bad-input', `${path}:${line}: a quoted field goes on after its closing quote.`);
    }
    const next = at + 1;
    return { fields, next, breaks: text.slice(from, next).split('\n').length - 1 };
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

/** The header; throws where it is one field that other things than commas part. */
function partedHeader(fields: readonly string[], path: string): readonly string[] {
  const [only = ''] = fields;
  const parted = only.includes('\t') ? 'tabs' : only.includes(';') ? 'semicolons' : undefined;
  if (fields.length > 1 || parted === undefined) return fields;
  throw new AppError(
    'bad-input',
    `${path} has ${parted} between its fields: write it with commas, and numbers as 0.5.`,
  );
}

function unequal(path: string, line: number, have: number, want: number): AppError {
  return new AppError(
    'bad-input',
    `${path}:${line} has ${have} ${have === 1 ? 'field' : 'fields'}, its header ${want}: the file may be cut short; copy it again.`,
  );
}
