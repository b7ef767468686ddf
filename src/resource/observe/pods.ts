// What is watched of every pod: by cAdvisor, kube-state-metrics and the pod itself. A ratio has a least denominator and
// a difference a least size, because most pods are nearly idle: three requests more are not news.
import { type Entries, ofPods } from './entry.ts';

/** The whole pod's cgroup and its pause container are counted in no container. */
const CONTAINER = 'container!="",container!="POD"';
/** Usual names of a histogram of what a server answers. */
const SERVED = [
  ...['http_request_duration_seconds', 'http_server_request_duration_seconds', 'http_server_requests_seconds'],
  'grpc_server_handling_seconds',
]
  .map((name) => `${name}_bucket`)
  .join('|');

export const PODS: Entries = {
  pod_cpu_usage_cores: ofPods({
    summary: 'Processor time that a pod uses',
    unit: 'cores',
    // Scrapes are 15 to 60 s apart: three minutes hold at least two samples even when one is missing.
    promql: `sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${CONTAINER}}[3m]))`,
    guards: { minAbsoluteDeviation: 0.1 },
    why: 'A pod that wakes from nothing to a hundredth of a core is not news; a tenth is.',
    isHeavy: true,
  }),
  pod_memory_usage_bytes: ofPods({
    summary: 'Memory that a pod uses and cannot give back',
    unit: 'bytes',
    promql: `sum by (namespace, pod) (container_memory_working_set_bytes{${CONTAINER}})`,
    guards: { minRelativeDeviation: 0.5, minAbsoluteDeviation: 32 * 2 ** 20 },
    why: 'Memory seldom doubles: half as much again is enough, and 32 MiB, which any cache may take.',
  }),
  pod_memory_limit_ratio: ofPods({
    summary: 'Memory of the container that is nearest to its limit; 1 is the limit',
    unit: 'ratio',
    promql: `max by (namespace, pod) (max by (namespace, pod, container) (container_memory_working_set_bytes{${CONTAINER}}) / on (namespace, pod, container) max by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}))`,
    above: 0.9,
    why: 'At its limit a container is killed; 90 % leaves time to look.',
    isHeavy: true,
  }),
  pod_cpu_throttled_ratio: ofPods({
    summary: 'Share of the periods in which a container was held back by its limit of processor time',
    unit: 'ratio',
    promql:
      'max by (namespace, pod) (sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{container!=""}[3m])) / (sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{container!=""}[3m])) > 1))',
    guards: { minAbsoluteDeviation: 0.25 },
    why: 'There are ten periods a second while it runs: with fewer than one the share is of a handful, and is not asked.',
    isHeavy: true,
  }),
  pod_restarts: ofPods({
    summary: 'Restarts of a pod’s containers in the last ten minutes',
    unit: 'count',
    promql: 'sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[10m]))',
    above: 0.5,
    guards: { persistence: { points: 1, of: 1, clear: 2 } },
    why: 'A container that restarts has failed: one is enough, at once.',
  }),
  pod_pending_seconds: ofPods({
    summary: 'For how long a pod has been pending; 0 for one that is not',
    unit: 'seconds',
    promql:
      '(time() - max by (namespace, pod) (kube_pod_created)) * on (namespace, pod) max by (namespace, pod) (kube_pod_status_phase{phase="Pending"})',
    above: 300,
    why: 'Images are pulled and volumes bound within five minutes; after them somebody has to look.',
  }),
  pod_network_errors_per_second: ofPods({
    summary: 'Packets of a pod that were lost to errors or dropped, both ways',
    unit: 'per-second',
    promql:
      'sum by (namespace, pod) (rate(container_network_receive_errors_total{pod!=""}[3m]) + rate(container_network_transmit_errors_total{pod!=""}[3m]) + rate(container_network_receive_packets_dropped_total{pod!=""}[3m]) + rate(container_network_transmit_packets_dropped_total{pod!=""}[3m]))',
    guards: { minAbsoluteDeviation: 1 },
    why: 'A packet now and then is lost in every network; one a second more is a fault.',
    isHeavy: true,
  }),
  pod_server_latency_p90_seconds: ofPods({
    summary: 'How long a pod takes to answer, nine of ten requests',
    unit: 'seconds',
    promql: `histogram_quantile(0.9, sum by (namespace, pod, le) (rate({__name__=~"${SERVED}",pod!=""}[3m]))) and on (namespace, pod) sum by (namespace, pod) (rate({__name__=~"${SERVED}",pod!="",le="+Inf"}[3m])) > 0.1`,
    guards: { minAbsoluteDeviation: 0.02 },
    why: 'With fewer than 18 requests in three minutes the slowest two decide: it is not asked then. 20 ms are felt by nobody.',
    isHeavy: true,
  }),
};
