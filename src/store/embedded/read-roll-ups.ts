// Counts per minute, summed to longer buckets.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import type { RollUp, TimeRange } from '../contract.ts';
import { MINUTE_COLUMNS, MINUTE_MS, readMinute } from './minute-counts.ts';
import { numberOf } from './rows.ts';

/** Buckets of the minutes with fromMs ≤ start < toMs. A bucket starts at a multiple of `stepMs`. */
export function readRollUps(db: DatabaseSync, range: TimeRange, stepMs: number): RollUp[] {
  if (!Number.isSafeInteger(stepMs) || stepMs < MINUTE_MS || stepMs % MINUTE_MS !== 0) {
    throw new AppError('bad-input', `stepMs is ${stepMs}; it must be a multiple of ${MINUTE_MS}`);
  }
  const rows = db.prepare(
    `SELECT ${MINUTE_COLUMNS} FROM minutes WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms`,
  );
  const buckets: { -readonly [Name in keyof RollUp]: RollUp[Name] }[] = [];
  for (const row of rows.iterate(range.fromMs, range.toMs)) {
    const counts = readMinute(db, row);
    const startMs = Math.floor(numberOf(row, 'start_ms') / stepMs) * stepMs;
    const bucket = buckets.at(-1);
    if (bucket?.startMs !== startMs) {
      buckets.push({ startMs, ...counts });
      continue;
    }
    bucket.points += counts.points;
    bucket.beyondThreshold += counts.beyondThreshold;
    bucket.inFinding += counts.inFinding;
    bucket.opened += counts.opened;
  }
  return buckets;
}
