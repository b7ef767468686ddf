// What must be known of a series before faults are put into it: its level and noise, its season, and what its values can be.
import type { Injection } from './inject-faults.ts';
import { levelAndNoise } from './level-and-noise.ts';

const HALF_DAY_MS = 43_200_000;

/**
 * Of `values` (NaN is missing), one each `stepMs`. What was never negative stays so, and a share, which the name of the metric
 * tells, stays below 1.
 */
export function injectionOf(metricName: string, stepMs: number, values: Float64Array): Omit<Injection, 'random'> {
  const present = values.filter((value) => !Number.isNaN(value));
  const isPositive = present.every((value) => value >= 0);
  const isShare = metricName.endsWith('_ratio') && present.every((value) => value <= 1);
  return {
    ...{ ...levelAndNoise(values), halfSeason: Math.round(HALF_DAY_MS / stepMs) },
    ...(isPositive && { least: 0 }),
    ...(isShare && { most: 1 }),
  };
}
