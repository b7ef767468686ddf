// The rows that a step gives, as columns that are allocated once a block and filled from the front.
import type { Score } from '#model/score.ts';
import { emptyBlock, mapColumns, type ScoreBlock } from '#model/score-block.ts';

export interface Rows {
  readonly columns: ScoreBlock;
  count: number;
}

/** Columns with room for `capacity` rows. */
export function createRows(capacity: number): Rows {
  return { columns: emptyBlock(capacity), count: 0 };
}

export function writeRow(
  rows: Rows,
  track: number,
  timeMs: number,
  seenMs: number,
  value: number,
  score: Score,
  flags: number,
): void {
  const { columns } = rows;
  const at = rows.count++;
  columns.tracks[at] = track;
  columns.timesMs[at] = timeMs;
  columns.seenMs[at] = seenMs;
  columns.values[at] = value;
  columns.scores[at] = score.score;
  columns.expected[at] = score.expected;
  columns.lower[at] = score.lower;
  columns.upper[at] = score.upper;
  columns.flags[at] = flags;
}

/** The columns, cut to the rows written. */
export function finishRows({ columns, count }: Rows): ScoreBlock {
  if (count === columns.tracks.length) return columns;
  return mapColumns(columns, (column) => column.slice(0, count) as typeof column);
}
