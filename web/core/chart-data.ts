// A track's samples as the columns a chart draws: drawn time, value, band, expectation. Where samples are missing a row
// of nulls breaks the lines. Also the extent of the y axis, the stretches in which a finding was open, and the CSV.
import type { SeriesData } from '#api/rest/contract.ts';
import { FLAG } from '#model/score.ts';
import { openStretches } from './open-stretches.ts';
import type { TimeScale } from './time-scale.ts';

type Column = (number | null)[];

export interface ChartData {
  readonly x: number[];
  readonly value: Column;
  readonly expected: Column;
  readonly lower: Column;
  readonly upper: Column;
  /** For each row its place in the samples, or −1 for a break. */
  readonly rows: readonly number[];
  /** Stretches of drawn time in which a finding was open. */
  readonly open: readonly { readonly fromX: number; readonly toX: number }[];
}

/** A pause longer than this many steps is a gap. */
export const GAP_STEPS = 2.5;

export function toChartData(data: SeriesData, scale: TimeScale): ChartData {
  const columns = {
    x: [] as number[],
    value: [] as Column,
    expected: [] as Column,
    lower: [] as Column,
    upper: [] as Column,
  };
  const rows: number[] = [];
  const push = (x: number, row: number): void => {
    columns.x.push(x);
    columns.value.push(data.values[row] ?? null);
    columns.expected.push(data.expected[row] ?? null);
    columns.lower.push(data.lower[row] ?? null);
    columns.upper.push(data.upper[row] ?? null);
    rows.push(row);
  };
  for (const [i, ms] of data.timesMs.entries()) {
    const before = data.timesMs[i - 1];
    if (before !== undefined && ms - before > GAP_STEPS * data.stepMs) {
      push((scale.toX(before) + scale.toX(ms)) / 2, -1);
    }
    push(scale.toX(ms), i);
  }
  const open = openStretches(data.flags).map(({ from, to }) => ({
    fromX: scale.toX((data.timesMs[from] ?? 0) - data.stepMs),
    toX: scale.toX(data.timesMs[to] ?? 0),
  }));
  return { ...columns, rows, open };
}

/**
 * The y axis: from zero when the values reach well down towards it, else around them, so that a small change of a
 * steady series is seen. The band counts as far as it does not squeeze the values.
 */
export function yExtent(data: SeriesData): { readonly min: number; readonly max: number } {
  const core = extentOf([data.values, data.expected]);
  if (core === undefined) return { min: 0, max: 1 };
  const reach = Math.max(core.max - core.min, Math.abs(core.max) * 0.05);
  const band = extentOf([data.lower, data.upper]) ?? core;
  let min = Math.min(core.min, Math.max(band.min, core.min - reach));
  let max = Math.max(core.max, Math.min(band.max, core.max + reach));
  if (core.min >= 0) min = core.min < core.max / 2 ? 0 : Math.max(0, min);
  const least = Math.abs(core.max) * 1e-6;
  if (max - min <= least) max = min + (Math.abs(core.max) < 1e-300 ? 1 : Math.abs(core.max) * 0.1);
  const margin = (max - min) * 0.06;
  return { min: min === 0 ? 0 : min - margin, max: max + margin };
}

/** From where to where the values of all columns reach; undefined without any. NaN is none. */
export function extentOf(columns: readonly Iterable<number | null>[]): { min: number; max: number } | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const column of columns) {
    for (const value of column) {
      if (value === null) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max } : undefined;
}

/** The row whose sample is nearest to a moment, or −1 without samples. */
export function nearestRow(timesMs: readonly number[], ms: number): number {
  let [low, high] = [0, timesMs.length - 1];
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  const [before, at] = [timesMs[low - 1], timesMs[low] ?? 0];
  return before !== undefined && ms - before <= at - ms ? low - 1 : low;
}

/** Comma-separated, UTC, empty where missing. */
export function toCsv(data: SeriesData): string {
  const lines = data.timesMs.map((ms, i) =>
    [
      new Date(ms).toISOString(),
      data.values[i],
      data.expected[i],
      data.lower[i],
      data.upper[i],
      data.scores[i],
      ((data.flags[i] ?? 0) & FLAG.findingOpen) === 0 ? 0 : 1,
    ].join(','),
  );
  return ['time,value,expected,lower,upper,score,finding_open', ...lines, ''].join('\n');
}
