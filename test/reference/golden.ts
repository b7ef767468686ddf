// Reads the golden values that Python's libraries computed (golden/stats.py says how). null is missing.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface GoldenSeries {
  readonly values: readonly (number | null)[];
  readonly quantiles: Readonly<Record<string, number>>;
  readonly median: number;
  readonly mad: number;
  readonly iqr: number;
  readonly rollingZScore: readonly (number | null)[];
  readonly pandasZScore: readonly (number | null)[];
  readonly rollingMean: readonly (number | null)[];
  readonly rollingMedian: readonly (number | null)[];
  readonly rollingMad: readonly (number | null)[];
  readonly ewmMean: readonly (number | null)[];
  readonly ewmStd: readonly (number | null)[];
}

export interface Golden {
  readonly window: number;
  readonly minPoints: number;
  readonly series: Readonly<Record<string, GoldenSeries>>;
  readonly widening: readonly { readonly degrees: number; readonly factor: number }[];
}

export function readGolden(): Golden {
  const path = fileURLToPath(new URL('golden/stats.json', import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A column of numbers, null as NaN. */
export function numbers(values: readonly (number | null)[]): Float64Array {
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
