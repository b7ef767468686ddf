// What needs nodes to be real: cAdvisor's, a kubelet's and a pod's own metrics, under the names and labels that the real
// ones have. Counters have counted for days, and count fast enough for the guards of small numbers.
import type { Labels, Measured } from '../exporter.ts';

export interface Claim {
  readonly namespace: string;
  readonly name: string;
}

const gauge = (name: string, labels: Labels, value: number): Measured => ({
  ...{ name, type: 'gauge', labels },
  at: () => value,
});

const START_MS = Date.now() - 86_400_000;

const counter = (name: string, labels: Labels, perSecond: number): Measured => ({
  ...{ name, type: 'counter', labels },
  at: (timeMs) => ((timeMs - START_MS) / 1000) * perSecond,
});

export function cadvisor(namespace: string, pods: readonly string[]): Measured[] {
  return pods.flatMap((pod) => {
    const container = { namespace, pod, container: 'main', id: `/kubepods/${pod}`, image: 'none', name: pod };
    const sandbox = { namespace, pod, interface: 'eth0', id: `/kubepods/${pod}`, image: 'pause', name: 'pause' };
    return [
      counter('container_cpu_usage_seconds_total', { ...container, cpu: 'total' }, 0.2),
      counter('container_cpu_cfs_periods_total', container, 10),
      counter('container_cpu_cfs_throttled_periods_total', container, 2),
      gauge('container_memory_working_set_bytes', container, 5e7),
      gauge('container_memory_rss', container, 4e7),
      ...['receive', 'transmit'].flatMap((way) => [
        counter(`container_network_${way}_errors_total`, sandbox, 0),
        counter(`container_network_${way}_packets_dropped_total`, sandbox, 0.5),
        counter(`container_network_${way}_packets_total`, sandbox, 100),
      ]),
    ];
  });
}

export function kubelet({ namespace, name }: Claim): Measured[] {
  const claim = { namespace, persistentvolumeclaim: name };
  return [
    ...['0.1', '1', '+Inf'].map((le) => counter('kubelet_pleg_relist_duration_seconds_bucket', { le }, 10)),
    counter('kubelet_pleg_relist_duration_seconds_count', {}, 10),
    counter('kubelet_runtime_operations_total', { operation_type: 'list_containers' }, 20),
    counter('kubelet_runtime_operations_errors_total', { operation_type: 'list_containers' }, 1),
    gauge('kubelet_running_pods', {}, 3),
    gauge('kubelet_volume_stats_capacity_bytes', claim, 1e9),
    gauge('kubelet_volume_stats_available_bytes', claim, 4e8),
    gauge('kubelet_volume_stats_used_bytes', claim, 6e8),
    gauge('kubelet_volume_stats_inodes', claim, 1e5),
    gauge('kubelet_volume_stats_inodes_free', claim, 9e4),
    gauge('kubelet_volume_stats_inodes_used', claim, 1e4),
  ];
}

export function application(): Measured[] {
  const of = { path: '/', code: '200' };
  return [
    ...['0.1', '0.5', '+Inf'].map((le) => counter('http_request_duration_seconds_bucket', { ...of, le }, 30)),
    counter('http_request_duration_seconds_count', of, 30),
    gauge('queue_depth', {}, 4),
  ];
}
