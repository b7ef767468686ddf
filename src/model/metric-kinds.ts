// What the names of some metrics say beyond the name. It stands here, in one table, because it is knowledge of the field:
// whoever brings metrics of other names adds them here and need not look through handlers.
import type { Severity } from './finding.ts';

/** What a user of a service notices: whether it answers, and how long that takes. */
export type FeltKind = 'success-ratio' | 'latency';

const FELT: ReadonlyMap<string, FeltKind> = new Map([
  ['service_success_ratio', 'success-ratio'],
  ['service_latency_p90_seconds', 'latency'],
]);

/** Of a hundred requests more than five fail: red; more than one: amber. What users feel needs no baseline to be bad. */
const HURTS_BELOW = { red: 0.95, amber: 0.99 } as const;

/** How bad a success ratio (0..1) is for those who ask, by itself; a missing one (NaN) says nothing and is green. */
export function successSeverity(ratio: number): Severity {
  if (ratio < HURTS_BELOW.red) return 'red';
  return ratio < HURTS_BELOW.amber ? 'amber' : 'green';
}

/**
 * A ratio of successes or a time taken that is zero throughout was never measured: no answer takes no time, and a
 * service of which nothing succeeds is not recorded for hours. A count may well be zero.
 */
const NEVER_ZERO = ['success', 'latency', 'duration'] as const;

/** How users feel this metric; undefined for one they do not. */
export function feltKind(metricName: string): FeltKind | undefined {
  return FELT.get(metricName);
}

/** Whether a zero of this metric says that something was measured. */
export function zeroIsMeasured(metricName: string): boolean {
  return !NEVER_ZERO.some((word) => metricName.includes(word));
}
