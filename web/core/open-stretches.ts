// Where a finding was open, as stretches of rows: what a chart shades, and what a back-test compares with.
import { FLAG } from '#model/score.ts';

/** Rows, both of them in it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Ascending; `flags` has bits of FLAG, one for each row. */
export function openStretches(flags: ArrayLike<number>): Stretch[] {
  const found: { from: number; to: number }[] = [];
  for (let row = 0; row < flags.length; row++) {
    if (((flags[row] ?? 0) & FLAG.findingOpen) === 0) continue;
    const last = found.at(-1);
    if (last !== undefined && last.to === row - 1) last.to = row;
    else found.push({ from: row, to: row });
  }
  return found;
}
