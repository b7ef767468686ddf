// What a method is given: times and columns of numbers, and under which names its answers are filed. No label is in it.

export interface Column {
  readonly name: string;
  /** NaN is missing. */
  readonly values: Float64Array;
}

/** A stretch of rows that came from one file. */
export interface Part {
  /** Within the set, with `/` and without `.csv`. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** One or more files that follow on each other in time: a method sees them as one stream. */
export interface Recording {
  readonly set: string;
  readonly parts: readonly Part[];
  readonly stepMs: number;
  /** Epoch milliseconds; doubled and backward times are as they came. */
  readonly timesMs: Float64Array;
  readonly columns: readonly Column[];
}

/** A row for each row of the recording. */
export interface Answer {
  /** Absolute sigmas, the largest of the columns; NaN where nothing was scored. */
  readonly scores: Float64Array;
  /** 1 while a finding is open; all 0 where that is not said. */
  readonly anomalous: Uint8Array;
  /** The scores are all it says: findings made by another version of the guards are nobody's figures. */
  readonly isRankingOnly?: true;
}

/** What an answer file can hold: so many digits are written, and judged. */
export function asWritten(score: number): number {
  return Math.round(Math.abs(score) * 1e4) / 1e4;
}

export function emptyAnswer(rows: number): Answer {
  return { scores: new Float64Array(rows).fill(Number.NaN), anomalous: new Uint8Array(rows) };
}

/** The rows of one part. */
export function partOf(answer: Answer, { from, to }: Part): Answer {
  return { scores: answer.scores.subarray(from, to), anomalous: answer.anomalous.subarray(from, to) };
}

/** The most frequent distance of two rows; a minute when there are none. */
export function stepOf(timesMs: Float64Array): number {
  const counts = new Map<number, number>();
  for (let row = 1; row < timesMs.length; row++) {
    const step = Math.round(((timesMs[row] as number) - (timesMs[row - 1] as number)) / 1000) * 1000;
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best = 60_000;
  for (const [step, count] of counts) if (count > (counts.get(best) ?? 0)) best = step;
  return best;
}
