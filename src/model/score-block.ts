// Scores as columns, and the few things that are done with all columns at once, so that a column is named in one place.

/** The columns of eight bytes. Their order is that of the store's rows on disk: it must not change. */
export const FIGURES = ['timesMs', 'seenMs', 'values', 'scores', 'expected', 'lower', 'upper'] as const;

export type Figure = (typeof FIGURES)[number];

/** Scored points of one track: columns of one length, a row a point. */
export interface Points extends Readonly<Record<Figure, Float64Array>> {
  /** Bits of FLAG. */
  readonly flags: Uint16Array;
}

/** Scored points of many tracks; `tracks[row]` is the number of the (detector, series) that the row belongs to. */
export interface ScoreBlock extends Points {
  readonly tracks: Uint32Array;
}

/** Any column of a block. */
export type Column = Float64Array | Uint32Array | Uint16Array;

/** Rows without a score: times 0, figures NaN, flags 0. */
export function emptyBlock(rows: number): ScoreBlock {
  const missing = () => new Float64Array(rows).fill(Number.NaN);
  return {
    tracks: new Uint32Array(rows),
    timesMs: new Float64Array(rows),
    seenMs: new Float64Array(rows),
    values: missing(),
    scores: missing(),
    expected: missing(),
    lower: missing(),
    upper: missing(),
    flags: new Uint16Array(rows),
  };
}

/** A block of what `change` makes of each column; it must give columns of one length. */
export function mapColumns(block: ScoreBlock, change: <C extends Column>(column: C) => C): ScoreBlock {
  return {
    tracks: change(block.tracks),
    timesMs: change(block.timesMs),
    seenMs: change(block.seenMs),
    values: change(block.values),
    scores: change(block.scores),
    expected: change(block.expected),
    lower: change(block.lower),
    upper: change(block.upper),
    flags: change(block.flags),
  };
}

/** Copies the points of `from` into `to` from row `at` on; `tracks` stay as they are, for numbers differ from block to block. */
export function setPoints(to: Points, from: Points, at: number): void {
  for (const name of FIGURES) to[name].set(from[name], at);
  to.flags.set(from.flags, at);
}

/** The rows named by `rows`, in that order, in columns of their own. */
export function takeRows(block: ScoreBlock, rows: ArrayLike<number>): ScoreBlock {
  const taken = emptyBlock(rows.length);
  for (const name of [...FIGURES, 'tracks', 'flags'] as const) {
    const source = block[name];
    const target = taken[name];
    for (let index = 0; index < rows.length; index++) target[index] = source[rows[index] ?? 0] ?? Number.NaN;
  }
  return taken;
}
