// What the names of some metrics say beyond the name. It stands here, in one table, because it is knowledge of the field:
// whoever brings metrics of other names adds them here and need not look through handlers.

/** What a user of a service notices: whether it answers, and how long that takes. */
export type FeltKind = 'success-ratio' | 'latency';

const FELT: ReadonlyMap<string, FeltKind> = new Map([
  ['service_success_ratio', 'success-ratio'],
  ['service_latency_p90_seconds', 'latency'],
]);

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
