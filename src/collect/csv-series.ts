// A history in a CSV file as series: a column of times, and a column for each series. What says which points are anomalies is
// truth, and no detector may see it. Times must ascend: a file with doubled or mixed up rows has a mistake somewhere.
import { AppError } from '#kit/errors.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import type { CsvTable } from './csv.ts';
import type { FetchedSeries } from './prometheus/contract.ts';

export interface CsvHistory {
  readonly series: readonly FetchedSeries[];
  /** The usual distance between two rows. */
  readonly stepMs: number;
  /** Columns that were left unread, because they hold the truth. */
  readonly truth: readonly string[];
}

const TIME = ['timestamp', 'time', 'datetime', 'date', 'ts'];
const TRUTH = /^(label|labels|is_?anomaly|anomaly|anomalies|anomalous|ground_?truth|change_?points?|is_?changepoint)$/i;
const MISSING = /^(|nan|na|n\/a|null|none|[+-]?inf(inity)?)$/i;
/** As `seriesKey` writes it: `name{a="x",b="y"}`. */
const WITH_LABELS = /^([a-zA-Z_:][\w:]*)\{(.*)\}$/s;
const PAIR = /([a-zA-Z_]\w*)=("(?:[^"\\]|\\.)*")(?:,|$)/gy;

/** `name` is what a single column `value` is called. Throws `bad-input` with the line. */
export function csvHistory(table: CsvTable, name: string): CsvHistory {
  const { path, columns, rows } = table;
  const timeColumn = findTime(table);
  const read = columns
    .map((column, index) => ({ column: column.trim(), index }))
    .filter(({ index }) => index !== timeColumn);
  const truth = read.filter(({ column }) => TRUTH.test(column));
  const kept = read.filter((one) => !truth.includes(one));
  if (kept.length === 0) throw new AppError('bad-input', `${path} has no column of values beside its times.`);
  if (rows.length === 0) throw new AppError('bad-input', `${path} has a header and no rows.`);
  const timesMs = readTimes(table, timeColumn);
  const keys = new Set<string>();
  const series = kept.map(({ column, index }) => {
    if (column === '') throw new AppError('bad-input', `${path}: column ${index + 1} of its header has no name.`);
    const isOnly = kept.length === 1 && column === 'value';
    const labels = isOnly ? { __name__: name } : labelsOf(column, path);
    // Labels may be written in any order, and what two columns say of one series would be mixed.
    const key = seriesKey(labels);
    if (keys.has(key)) throw new AppError('bad-input', `${path} has two columns called "${key}".`);
    keys.add(key);
    return { labels, timesMs, values: readValues(table, index) };
  });
  return { series, stepMs: usualStep(timesMs), truth: truth.map(({ column }) => column) };
}

function findTime({ path, columns }: CsvTable): number {
  for (const name of TIME) {
    const index = columns.findIndex((column) => column.trim().toLowerCase() === name);
    if (index >= 0) return index;
  }
  const has = columns.slice(0, 5).join(', ');
  throw new AppError('bad-input', `${path} has no column called ${TIME.join(', ')}; its header begins with ${has}.`);
}

function labelsOf(column: string, path: string): Labels {
  const [, name, inner] = WITH_LABELS.exec(column) ?? [];
  if (name === undefined || inner === undefined) return { __name__: column };
  const pairs = [...inner.matchAll(PAIR)];
  if (pairs.map(([whole]) => whole).join('') !== inner)
    throw new AppError('bad-input', `${path}: the column ${column} is not written as name{label="value",…}.`);
  const own = pairs.map(([, label = '', value = '""']): [string, string] => [label, textOf(value, path)]);
  const names = new Set(own.map(([label]) => label));
  if (names.size < own.length || names.has('__name__'))
    throw new AppError('bad-input', `${path}: the column ${column} says a label twice.`);
  return { __name__: name, ...Object.fromEntries(own.filter(([label]) => label !== '__proto__')) };
}

function textOf(quoted: string, path: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch (cause) {
    throw new AppError('bad-input', `${path}: ${quoted} in its header is no text.`, { cause });
  }
}

function readTimes({ path, rows, lines }: CsvTable, column: number): Float64Array {
  const timesMs = new Float64Array(rows.length);
  for (const [row, fields] of rows.entries()) {
    const text = (fields[column] ?? '').trim();
    const timeMs = timeOf(text);
    const at = `${path}:${lines[row]}`;
    if (Number.isNaN(timeMs)) {
      const shown = text.slice(0, 40);
      throw new AppError('bad-input', `${at}: "${shown}" is not a time: ISO 8601, or seconds or milliseconds of 1970.`);
    }
    const before = row === 0 ? Number.NEGATIVE_INFINITY : (timesMs[row - 1] as number);
    if (timeMs === before)
      throw new AppError('bad-input', `${at} has the time of the line before: keep one of the two${ofClock(text)}.`);
    if (timeMs < before)
      throw new AppError('bad-input', `${at} is earlier than the line before: sort the file by time${ofClock(text)}.`);
    timesMs[row] = timeMs;
  }
  return timesMs;
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|UTC|[+-]\d\d:?\d\d)?$/i;
/** As seconds it is the year 5138, as milliseconds 1973. */
const LEAST_MS = 1e11;
/** As milliseconds it is the year 5138; more is microseconds. */
const MOST_MS = 1e14;

/** Epoch milliseconds; UTC unless it says otherwise; NaN for what is no time. */
function timeOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const figure = Number(text);
    if (figure >= MOST_MS) return Number.NaN;
    return Math.round(figure < LEAST_MS ? figure * 1000 : figure);
  }
  const [, date, clock = '00:00', zone = 'Z'] = ISO.exec(text) ?? [];
  if (date === undefined) return Number.NaN;
  const timeMs = Date.parse(`${date}T${clock}${zone.toUpperCase().replace('UTC', 'Z')}`);
  // The 31st of February would be taken for the 3rd of March.
  const isDate = new Date(`${date}T00:00Z`).getTime() >= 0 && new Date(date).toISOString().startsWith(date);
  return isDate ? timeMs : Number.NaN;
}

/** Local times come twice when clocks are put back. */
function ofClock(text: string): string {
  const [, , clock, zone] = ISO.exec(text) ?? [];
  if (clock === undefined || zone !== undefined) return '';
  return '; where clocks were put back, give the times a zone (+02:00) or as seconds since 1970';
}

/** As it is written in decimals; 0x10 is most often no number at all. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function readValues({ path, rows, lines, columns }: CsvTable, column: number): Float64Array {
  return Float64Array.from(rows, (fields, row) => {
    const text = (fields[column] ?? '').trim();
    if (MISSING.test(text)) return Number.NaN;
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value)) return value;
    const shown = text.slice(0, 40);
    throw new AppError('bad-input', `${path}:${lines[row]}: ${columns[column]} is "${shown}", which is no number.`);
  });
}

/** The median distance, of an even number the larger of the two; a minute where there is but one row. */
function usualStep(timesMs: Float64Array): number {
  const steps = Float64Array.from(timesMs.subarray(1), (timeMs, row) => timeMs - (timesMs[row] as number)).sort();
  return steps[steps.length >> 1] ?? 60_000;
}
