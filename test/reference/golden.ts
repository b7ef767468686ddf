// Reads the golden values that Python's libraries computed (golden/*.py say how; scripts/golden.ts runs them). null is missing.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface GoldenSeries {
  readonly values: Column;
  readonly quantiles: Readonly<Record<string, number>>;
  readonly median: number;
  readonly mad: number;
  readonly iqr: number;
  readonly rollingZScore: Column;
  readonly pandasZScore: Column;
  readonly rollingMean: Column;
  readonly rollingMedian: Column;
  readonly rollingMad: Column;
  readonly ewmMean: Column;
  readonly ewmStd: Column;
}

export interface Golden {
  readonly window: number;
  readonly minPoints: number;
  readonly series: Readonly<Record<string, GoldenSeries>>;
  readonly widening: readonly { readonly degrees: number; readonly factor: number }[];
}

export function readGolden(): Golden {
  return readGoldenFile('stats');
}

/** Numbers where null is missing. */
export type Column = readonly (number | null)[];

/** What golden/<name>.py computed; the caller says how it is laid out. */
export function readGoldenFile<Shape>(name: string): Shape {
  const path = fileURLToPath(new URL(`golden/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A column of numbers, null as NaN. */
export function numbers(values: Column): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

/** The largest |a − b|, relative to |b| where that is above 1; infinite where only one of the two is missing. */
export function farthest(a: Float64Array, b: Float64Array): number {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? Number.NaN;
    if (Number.isNaN(value) && Number.isNaN(other)) continue;
    const apart = Math.abs(value - other) / Math.max(1, Math.abs(other));
    most = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(most, apart);
  }
  return most;
}

/** |a ÷ b − 1|; 0 where they are the same, also both 0 or infinite. */
export function apart(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a / b - 1);
}
