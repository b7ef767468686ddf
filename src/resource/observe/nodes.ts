// What is watched of every node: by the node exporter, kube-state-metrics and the kubelet.
import { type Entries, ofNodeExporter, withNode } from './entry.ts';

/** In memory, read-only by nature, or another view of what is counted elsewhere. */
const NO_DISK = 'device!~"loop.*|ram.*|zram.*|sr[0-9]+|fd[0-9]+"';
/** Volumes of pods are watched as volumes. */
const FILESYSTEM =
  'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|erofs|iso9660|nsfs|fuse.lxcfs",mountpoint!~"/var/lib/kubelet/.+|/run/.+"';
/** The ends of pods on the node are watched as pods’. */
const NETWORK = 'device!~"lo|veth.*|cali.*|lxc.*|cni.*|docker.*|br-.*|ifb.*|tunl.*|kube-.*"';

export const NODES: Entries = {
  node_cpu_usage_ratio: ofNodeExporter({
    summary: 'Share of a node’s processor time that is used',
    unit: 'ratio',
    query: (by, series) => `1 - avg by (${by}) (${series('rate(node_cpu_seconds_total{mode="idle"}[3m])')})`,
    guards: { minAbsoluteDeviation: 0.3 },
    why: 'A node is there to be used: a third of it more is news, less is load.',
  }),
  node_memory_usage_ratio: ofNodeExporter({
    summary: 'Share of a node’s memory that is not available',
    unit: 'ratio',
    query: (by, series) =>
      `1 - avg by (${by}) (${series('node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes')})`,
    guards: { minAbsoluteDeviation: 0.15, minRelativeDeviation: 0.25 },
    why: 'What is nearly full cannot double: a quarter more than usual is enough, and 15 % of the node.',
  }),
  node_disk_io_ratio: ofNodeExporter({
    summary: 'Share of the time in which a disk had something to do',
    unit: 'ratio',
    query: (by, series) =>
      `max by (${by}, device) (${series(`rate(node_disk_io_time_seconds_total{${NO_DISK}}[3m])`)})`,
    above: 0.95,
    why: 'A disk that is never idle makes everybody wait. (One that serves many requests at once bears more: raise it there.)',
  }),
  node_filesystem_usage_ratio: ofNodeExporter({
    summary: 'Share of a file system’s space that is not available',
    unit: 'ratio',
    query: (by, series) =>
      `1 - min by (${by}, mountpoint) (${series(`node_filesystem_avail_bytes{${FILESYSTEM}} / node_filesystem_size_bytes{${FILESYSTEM}}`)})`,
    above: 0.9,
    why: 'With 10 % left the kubelet begins to evict pods (nodefs.available).',
  }),
  node_filesystem_inodes_ratio: ofNodeExporter({
    summary: 'Share of a file system’s inodes that are used; absent where it has no fixed number of them',
    unit: 'ratio',
    query: (by, series) =>
      `1 - min by (${by}, mountpoint) (${series(`node_filesystem_files_free{${FILESYSTEM}} / (node_filesystem_files{${FILESYSTEM}} > 0)`)})`,
    above: 0.9,
    why: 'With 5 % left the kubelet begins to evict pods (nodefs.inodesFree).',
  }),
  node_network_errors_per_second: ofNodeExporter({
    summary: 'Packets of a network device that were lost to errors or dropped, both ways',
    unit: 'per-second',
    query: (by, series) =>
      `sum by (${by}, device) (${series(`rate(node_network_receive_errs_total{${NETWORK}}[3m]) + rate(node_network_transmit_errs_total{${NETWORK}}[3m]) + rate(node_network_receive_drop_total{${NETWORK}}[3m]) + rate(node_network_transmit_drop_total{${NETWORK}}[3m])`)})`,
    guards: { minAbsoluteDeviation: 1 },
    why: 'Some drops are usual (multicast, VLANs that are not ours); one a second more is not.',
  }),
  node_not_ready: {
    summary: 'Whether a node is not ready, or nobody knows',
    unit: 'state',
    of: 'node',
    promql: '1 - max by (node) (kube_node_status_condition{condition="Ready",status="true"})',
    above: 0.5,
    why: 'A node that is not ready gets no pods, and loses those that it has after five minutes.',
  },
  node_pressure: {
    summary: 'Whether a node is short of memory, disk or process ids, or has no network',
    unit: 'state',
    of: 'node',
    promql:
      'max by (node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure|NetworkUnavailable",status="true"})',
    above: 0.5,
    why: 'The kubelet says so itself, and evicts pods.',
  },
  node_pleg_relist_p99_seconds: {
    summary: 'How long a kubelet takes to look at all its containers, 99 of 100 times',
    unit: 'seconds',
    of: 'node',
    promql: `histogram_quantile(0.99, sum by (node, le) (${withNode('rate(kubelet_pleg_relist_duration_seconds_bucket[5m])')}))`,
    guards: { minAbsoluteDeviation: 1 },
    why: 'It looks every second: with a second more it is always late.',
    isHeavy: true,
  },
  node_runtime_errors_ratio: {
    summary: 'Share of what a kubelet asked of the container runtime that failed',
    unit: 'ratio',
    of: 'node',
    promql: nodeErrors('kubelet_runtime_operations_errors_total', 'kubelet_runtime_operations_total'),
    guards: { minAbsoluteDeviation: 0.1 },
    why: 'Of fewer than 30 operations in five minutes one is already much: it is not asked then.',
    isHeavy: true,
  },
};

/** No error has a series before the first: then there are none of all. */
function nodeErrors(errors: string, all: string): string {
  const count = (metric: string) => `sum by (node) (${withNode(`rate(${metric}[5m])`)})`;
  return `(${count(errors)} or 0 * ${count(all)}) / (${count(all)} > 0.1)`;
}
