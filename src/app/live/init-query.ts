// Which metrics exist for some pods: one query, whose answer has a series for each metric's name.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { escapePattern, quotePromql } from '#collect/prometheus/promql-text.ts';
import type { Clock } from '#kit/clock.ts';
import type { FoundMetric } from '../init-metrics.ts';

const LOOK_BACK_MS = 3_600_000;
const STEP_MS = 60_000;
const LIMITS = { maxSeries: 5000, timeoutMs: 30_000 };
/** Enough to see what a Deployment measures, and few enough for an address. */
const MOST_PODS = 50;

/** The metrics that the pods had in the last hour, each with the most series it had at once. */
export async function metricsOfPods(
  source: Pick<PrometheusSource, 'queryRange'>,
  namespace: string,
  pods: readonly string[],
  clock: Clock,
): Promise<readonly FoundMetric[]> {
  const endMs = Math.floor(clock.nowMs() / STEP_MS) * STEP_MS;
  const pattern = quotePromql(pods.slice(0, MOST_PODS).map(escapePattern).join('|'));
  const promql = `count by (__name__) ({namespace=${quotePromql(namespace)},pod=~${pattern}})`;
  const found = await source.queryRange({ promql, startMs: endMs - LOOK_BACK_MS, endMs, stepMs: STEP_MS }, LIMITS);
  return found.map(({ labels, values }) => ({
    name: labels.__name__ ?? '',
    series: values.reduce((most, value) => Math.max(most, value), 0),
  }));
}
