// Reads every row that carries a check sum. Damage shows at the start, not when somebody looks for the hour it is in.
import type { DatabaseSync } from 'node:sqlite';
import { BLOCK_COLUMNS, readBlockRow } from './blocks.ts';
import { FINDING_COLUMNS, readFinding } from './finding-rows.ts';
import { MINUTE_COLUMNS, readMinute } from './minute-counts.ts';
import { OUTBOX_COLUMNS, readOutboxRow } from './outbox.ts';
import type { Row } from './rows.ts';
import { readEdges, readSpan, SPAN_COLUMNS } from './span-rows.ts';
import { readState } from './state.ts';
import { readTailRow, TAIL_COLUMNS } from './tail.ts';
import { trackOf } from './tracks.ts';

/** Throws `store-corrupt` at the first row that is not what was written. */
export function verifyRows(db: DatabaseSync): void {
  const each = (columns: string, table: string, check: (row: Row) => void) => {
    for (const row of db.prepare(`SELECT ${columns} FROM ${table}`).iterate()) check(row);
  };
  readState(db);
  each('id, key, json, crc', 'tracks', (row) => trackOf(db, row));
  each(MINUTE_COLUMNS, 'minutes', (row) => readMinute(db, row));
  each(FINDING_COLUMNS, 'findings', (row) => readFinding(db, row));
  each(SPAN_COLUMNS, 'spans', (row) => readSpan(db, row));
  readEdges(db);
  each(TAIL_COLUMNS, 'tail', (row) => readTailRow(db, row));
  each(OUTBOX_COLUMNS, 'outbox', (row) => readOutboxRow(db, row));
  each(BLOCK_COLUMNS, 'blocks', (row) => readBlockRow(db, row));
}
