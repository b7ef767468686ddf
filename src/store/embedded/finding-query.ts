// A question about findings as SQL. User text only ever travels as a bound value, and words are looked for with `instr`:
// there is no pattern and no query language that a text could break or abuse.
import type { SQLInputValue } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import type { FindingQuery } from '../contract.ts';
import { readCursor } from './cursor.ts';

export interface Clause {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

export type FilterName = 'range' | 'entity' | 'service' | 'metric' | 'state' | 'text';

/** The filters of a query by name, so that a facet can leave its own out. */
export function filtersOf(query: FindingQuery): ReadonlyMap<FilterName, Clause> {
  const filters = new Map<FilterName, Clause>();
  const { range, entity, service, metric, open, text } = query;
  if (range !== undefined) {
    filters.set('range', {
      sql: 'start_ms < ? AND (closed_seen_ms IS NULL OR closed_seen_ms > ?)',
      values: [range.toMs, range.fromMs],
    });
  }
  if (entity !== undefined) filters.set('entity', { sql: 'entity = ?', values: [entity] });
  if (service !== undefined) filters.set('service', { sql: 'service = ?', values: [service] });
  if (metric !== undefined) filters.set('metric', { sql: 'metric = ?', values: [metric] });
  if (open !== undefined) filters.set('state', { sql: `closed_seen_ms IS ${open ? '' : 'NOT'} NULL`, values: [] });
  const words = (text ?? '')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length > 0)
    filters.set('text', { sql: words.map(() => 'instr(words, ?) > 0').join(' AND '), values: words });
  return filters;
}

/** All filters but `without`, joined; true when there is none. */
export function whereOf(filters: ReadonlyMap<FilterName, Clause>, without?: FilterName): Clause {
  const kept = [...filters].filter(([name]) => name !== without).map(([, clause]) => clause);
  return {
    sql: kept.length === 0 ? '1' : kept.map((clause) => `(${clause.sql})`).join(' AND '),
    values: kept.flatMap((clause) => clause.values),
  };
}

/** The order of a page, and what it takes to begin after the cursor. */
export function orderOf(query: FindingQuery): { readonly column: 'seen_ms' | 'peak'; readonly after: Clause } {
  const order = query.order ?? 'newest';
  const column = order === 'newest' ? 'seen_ms' : 'peak';
  if (query.cursor === undefined) return { column, after: { sql: '1', values: [] } };
  const { value, id } = readCursor(query.cursor, order);
  return { column, after: { sql: `(${column}, id) < (?, ?)`, values: [value, id] } };
}

export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new AppError('bad-input', `limit is ${limit}; it must be a whole number from 1`);
}
