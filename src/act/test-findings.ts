// Findings for the tests of this room: of one pod, by a detector that wants somebody to be told.
import type { AlertRule } from '#model/alert.ts';
import type { Evidence, Finding } from '#model/finding.ts';

export const T0 = Date.UTC(2026, 4, 4, 10);
export const MINUTE = 60_000;

export const RULE: AlertRule = { afterMs: 5 * MINUTE, severity: 'warning', labels: {} };

const PEAK: Evidence = {
  series: 'cpu{pod="cart-1"}',
  metricName: 'cpu_usage',
  timeMs: T0,
  value: 3.14234,
  expected: 1,
  lower: 0.5,
  upper: 1.5,
  score: 7.25,
  threshold: 6,
  algorithm: 'median-iqr',
  baseline: { count: 120, fromMs: T0 - 120 * MINUTE, toMs: T0 },
  points: 3,
  guards: [{ guard: 'direction', passed: true, limit: 'above', actual: 'above' }],
};

export interface Part {
  readonly id?: string;
  /** Minutes since T0 at which production knew that it began and was over. */
  readonly opened?: number;
  readonly closed?: number;
  readonly pod?: string;
  readonly score?: number;
  readonly metric?: string;
  readonly rule?: Partial<AlertRule> | null;
}

export function findingOf(part: Part = {}): Finding {
  const { opened = 0, closed, pod = 'cart-1', score = 7.25, metric = 'cpu_usage', rule = {} } = part;
  const seenMs = T0 + opened * MINUTE;
  const peak = { ...PEAK, score };
  return {
    id: part.id ?? `f${opened}`,
    detector: 'shop/cart',
    entity: { kind: 'pod', namespace: 'shop', name: pod },
    family: metric,
    metric,
    direction: 'above',
    startMs: seenMs - 2 * MINUTE,
    confirmedMs: seenMs,
    seenMs,
    ...(closed !== undefined && { endMs: T0 + closed * MINUTE, closedMs: T0 + closed * MINUTE }),
    ...(closed !== undefined && { closedSeenMs: T0 + closed * MINUTE }),
    ...(rule !== null && { alert: { ...RULE, ...rule } }),
    ...{ opening: PEAK, peak },
    members: [{ series: PEAK.series, metricName: metric, peakScore: score, points: 3 }],
  };
}
