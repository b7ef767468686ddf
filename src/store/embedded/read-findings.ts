// A page of findings with the total and the facets of the whole list.
import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '#model/finding.ts';
import type { FindingPage, FindingQuery } from '../contract.ts';
import { writeCursor } from './cursor.ts';
import { checkLimit, type FilterName, filtersOf, orderOf, whereOf } from './finding-query.ts';
import { FINDING_COLUMNS, readFinding } from './finding-rows.ts';
import { numberOf, textOf } from './rows.ts';

/** Values of a facet at most: those with the most findings. */
const FACET_VALUES = 100;
const STATE = "CASE WHEN closed_seen_ms IS NULL THEN 'open' ELSE 'closed' END";

/** The caller holds a snapshot, so that page, total and facets are of one moment. */
export function readFindings(db: DatabaseSync, query: FindingQuery): FindingPage {
  checkLimit(query.limit);
  const filters = filtersOf(query);
  const all = whereOf(filters);
  const { column, after } = orderOf(query);
  const rows = db
    .prepare(
      `SELECT ${FINDING_COLUMNS} FROM findings WHERE ${all.sql} AND ${after.sql}
       ORDER BY ${column} DESC, id DESC LIMIT ?`,
    )
    .all(...all.values, ...after.values, query.limit + 1);
  const shown = rows.slice(0, query.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  const total = db.prepare(`SELECT count(*) AS total FROM findings WHERE ${all.sql}`).get(...all.values);

  const facet = (expression: string, own: FilterName) => {
    // A facet leaves its own filter out: it shows what else could be chosen.
    const where = whereOf(filters, own);
    return db
      .prepare(
        `SELECT ${expression} AS value, count(*) AS count FROM findings WHERE ${where.sql}
         GROUP BY 1 ORDER BY count DESC, value LIMIT ${FACET_VALUES}`,
      )
      .all(...where.values)
      .map((row) => ({ value: textOf(row, 'value'), count: numberOf(row, 'count') }));
  };
  return {
    findings: shown.map((row) => readFinding(db, row)),
    total: numberOf(total ?? {}, 'total'),
    ...(last === undefined
      ? {}
      : {
          next: writeCursor({ order: query.order ?? 'newest', value: numberOf(last, column), id: textOf(last, 'id') }),
        }),
    facets: { entity: facet('entity', 'entity'), metric: facet('metric', 'metric'), state: facet(STATE, 'state') },
  };
}

export function readFindingById(db: DatabaseSync, id: string): Finding | undefined {
  const row = db.prepare(`SELECT ${FINDING_COLUMNS} FROM findings WHERE id = ?`).get(id);
  return row === undefined ? undefined : readFinding(db, row);
}
