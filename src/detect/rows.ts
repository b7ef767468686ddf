// The rows that a step gives, as columns that are allocated once a block and filled from the front.
import { emptyBlock, type Score, type ScoreBlock } from '#model/score.ts';

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
  return {
    tracks: columns.tracks.slice(0, count),
    timesMs: columns.timesMs.slice(0, count),
    seenMs: columns.seenMs.slice(0, count),
    values: columns.values.slice(0, count),
    scores: columns.scores.slice(0, count),
    expected: columns.expected.slice(0, count),
    lower: columns.lower.slice(0, count),
    upper: columns.upper.slice(0, count),
    flags: columns.flags.slice(0, count),
  };
}
