// Stretches of rows: anomalies as first and last row, and what lies near them.

/** Both ends included. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

/** The stretches of labels that are not 0, in order. */
export function anomalousRuns(labels: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < labels.length; at++) {
    if (!labels[at]) continue;
    const first = at;
    while (at + 1 < labels.length && labels[at + 1]) at++;
    runs.push({ first, last: at });
  }
  return runs;
}

/** 1 within the runs, else 0. */
export function labelsOf(runs: readonly Run[], count: number): Uint8Array {
  const labels = new Uint8Array(count);
  for (const { first, last } of runs) labels.fill(1, first, last + 1);
  return labels;
}

/** The runs, longer by `reach` on both sides; those that then meet are one. */
export function widened(runs: readonly Run[], reach: number, count: number): Run[] {
  const wide: { first: number; last: number }[] = [];
  for (const { first, last } of runs) {
    const before = wide.at(-1);
    const from = Math.max(0, first - reach);
    const to = Math.min(count - 1, last + reach);
    if (before !== undefined && before.last >= from) before.last = to;
    else wide.push({ first: from, last: to });
  }
  return wide;
}

/** The rows within `reach` of a run but in none. */
export function nearRuns(runs: readonly Run[], reach: number, count: number): Uint32Array {
  const labels = labelsOf(runs, count);
  const near: number[] = [];
  for (const { first, last } of widened(runs, reach, count)) {
    for (let row = first; row <= last; row++) if (labels[row] === 0) near.push(row);
  }
  return Uint32Array.from(near);
}
