// Observe mode (D14): what every cluster has, watched without a single resource written. Each entry is a query and the
// detector of its answer, in one place. The queries are constants; a test parses each. What a cluster does not measure
// gives no series and costs one empty answer.
import type { Guards, Plan } from '#model/plan.ts';

export interface Observed {
  /** What its series are called here, with the unit; near copies are told apart by their labels. */
  readonly metricName: string;
  readonly summary: string;
  readonly promql: string;
  /** The label by which it may be asked for in shares where there is too much for one answer. */
  readonly splitBy?: 'pod';
  readonly plan: Plan;
}

/** A pod that is gone does not come back. A node that does, or a StatefulSet's pod, warms up again, as after a restart. */
export const FORGET_MS = 3 * 3_600_000;

/** Scrapes are 15 to 60 s apart: three minutes hold at least two samples even when one is missing. */
const CONTAINER = 'container!="",container!="POD"';

const QUIET: Guards = {
  direction: 'above',
  minAbsoluteDeviation: 0,
  minRelativeDeviation: 1,
  range: {},
  persistence: { points: 3, of: 3, clear: 2 },
  missing: 'ignore',
};

interface Entry {
  readonly summary: string;
  readonly promql: string;
  /** Absent: `auto`, 6 sigmas, at least twice the usual, three points of three, as on the recorded day. */
  readonly above?: number;
  readonly guards?: Partial<Guards>;
  /** Its series are not of pods. */
  readonly isWhole?: true;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  pod_cpu_usage_cores: {
    summary: 'Processor time that a pod uses',
    promql: `sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${CONTAINER}}[3m]))`,
    // A tenth of a core: a pod that wakes from nothing to a hundredth is not news.
    guards: { minAbsoluteDeviation: 0.1 },
  },
  pod_memory_usage_bytes: {
    summary: 'Memory that a pod uses and cannot give back',
    promql: `sum by (namespace, pod) (container_memory_working_set_bytes{${CONTAINER}})`,
    guards: { minRelativeDeviation: 0.5, minAbsoluteDeviation: 32 * 2 ** 20 },
  },
  pod_memory_limit_ratio: {
    summary: 'Memory of the container that is nearest to its limit; 1 is the limit',
    promql: `max by (namespace, pod) (max by (namespace, pod, container) (container_memory_working_set_bytes{${CONTAINER}}) / on (namespace, pod, container) max by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}))`,
    above: 0.9,
  },
  pod_cpu_throttled_ratio: {
    summary: 'Share of the periods in which a container was held back by its limit of processor time',
    promql:
      'max by (namespace, pod) (sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{container!=""}[3m])) / sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{container!=""}[3m])))',
    guards: { minAbsoluteDeviation: 0.25 },
  },
  pod_restarts: {
    summary: 'Restarts of a pod’s containers in the last ten minutes',
    promql: 'sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[10m]))',
    above: 0.5,
    guards: { persistence: { points: 1, of: 1, clear: 2 } },
  },
  pod_server_latency_p90_seconds: {
    summary: 'How long a pod takes to answer, nine of ten requests',
    promql:
      'histogram_quantile(0.9, sum by (namespace, pod, le) (rate({__name__=~"http_request_duration_seconds_bucket|http_server_request_duration_seconds_bucket|http_server_requests_seconds_bucket|grpc_server_handling_seconds_bucket",pod!=""}[3m])))',
    guards: { minAbsoluteDeviation: 0.02 },
  },
  node_cpu_usage_ratio: {
    summary: 'Share of a node’s processor time that is used',
    promql:
      '1 - avg by (node) (label_replace(rate(node_cpu_seconds_total{mode="idle"}[3m]), "node", "$1", "instance", "([^:]+).*"))',
    guards: { minAbsoluteDeviation: 0.3 },
    isWhole: true,
  },
};

const PREFIX = 'observe-';

/** Whether a detector is one of these; a declared one is called `namespace/name`. */
export function isObserved(detector: string): boolean {
  return detector.startsWith(PREFIX) && !detector.includes('/');
}

export const OBSERVED: readonly Observed[] = Object.entries(ENTRIES).map(([metricName, entry]) => ({
  metricName,
  summary: entry.summary,
  promql: entry.promql,
  ...(entry.isWhole ? {} : { splitBy: 'pod' as const }),
  plan: {
    detector: `${PREFIX}${metricName.replaceAll('_', '-')}`,
    selector: {},
    metricName,
    algorithm: entry.above === undefined ? 'auto' : 'static-threshold',
    parameters: entry.above === undefined ? {} : { above: entry.above },
    threshold: entry.above === undefined ? 6 : 3,
    guards: { ...QUIET, ...(entry.above === undefined ? {} : { minRelativeDeviation: 0 }), ...entry.guards },
    forgetMs: FORGET_MS,
  },
}));
