// What is watched of the cluster itself: the API server, etcd, what waits for a place, and volumes.
import { type Entries, type Entry, ofEtcd } from './entry.ts';

/** Requests that last as long as they are wanted (WATCH, CONNECT), and lists of a whole cluster, which may take 30 s. */
const ANSWERED = 'verb!~"WATCH|CONNECT",scope!="cluster"';
const ANSWERS = 'apiserver_request_duration_seconds_bucket';

function volume(entry: Omit<Entry, 'of' | 'promql' | 'declared'>, free: string, all: string): Entry {
  const ratio = `1 - min by (namespace, persistentvolumeclaim) (${free} / (${all} > 0))`;
  // A detector is of pods: the volume counts to each pod that has it.
  const users = 'max by (namespace, pod, persistentvolumeclaim) (kube_pod_spec_volumes_persistentvolumeclaims_info)';
  const promql = `max by (namespace, pod, persistentvolumeclaim) (${users} * on (namespace, persistentvolumeclaim) group_left () (${ratio}))`;
  return { ...entry, of: 'volume', promql: ratio, declared: { pods: 'any', promql } };
}

export const CLUSTER: Entries = {
  apiserver_latency_p99_seconds: {
    summary: 'How long the API server takes to answer, 99 of 100 requests of a verb',
    unit: 'seconds',
    of: 'cluster',
    promql: `histogram_quantile(0.99, sum by (job, verb, le) (rate(${ANSWERS}{${ANSWERED}}[5m]))) and on (job, verb) sum by (job, verb) (rate(${ANSWERS}{${ANSWERED},le="+Inf"}[5m])) > 0.1`,
    above: 0.5,
    why: 'Half a second is felt by every controller. With fewer than 30 requests in five minutes the slowest one decides: it is not asked then.',
    isHeavy: true,
  },
  apiserver_errors_ratio: {
    summary: 'Share of the API server’s answers that say that it failed (5xx)',
    unit: 'ratio',
    of: 'cluster',
    promql:
      '(sum by (job) (rate(apiserver_request_total{code=~"5.."}[5m])) or 0 * sum by (job) (rate(apiserver_request_total[5m]))) / (sum by (job) (rate(apiserver_request_total[5m])) > 1)',
    guards: { minAbsoluteDeviation: 0.01 },
    why: 'One answer of a hundred more is felt; with fewer than one request a second it is not asked.',
    isHeavy: true,
  },
  namespace_pending_pods: {
    summary: 'Pods of a namespace that wait for a place, an image or a volume',
    unit: 'count',
    of: 'cluster',
    promql: 'sum by (namespace) (max by (namespace, pod) (kube_pod_status_phase{phase="Pending"}))',
    guards: { minAbsoluteDeviation: 5 },
    why: 'A roll-out has some pods pending for a moment; five more for two minutes are a shortage.',
  },
  etcd_wal_fsync_p99_seconds: ofEtcd({
    summary: 'How long etcd takes to have its log on disk, 99 of 100 times',
    unit: 'seconds',
    query: (by) =>
      `histogram_quantile(0.99, sum by (${by}, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])))`,
    guards: { minAbsoluteDeviation: 0.01 },
    why: 'Its makers ask for less than 10 ms; whatever is usual, ten more are too many.',
    isHeavy: true,
  }),
  etcd_backend_commit_p99_seconds: ofEtcd({
    summary: 'How long etcd takes to have its database on disk, 99 of 100 times',
    unit: 'seconds',
    query: (by) =>
      `histogram_quantile(0.99, sum by (${by}, le) (rate(etcd_disk_backend_commit_duration_seconds_bucket[5m])))`,
    guards: { minAbsoluteDeviation: 0.025 },
    why: 'Its makers ask for less than 25 ms; whatever is usual, 25 more are too many.',
    isHeavy: true,
  }),
  etcd_no_leader: ofEtcd({
    summary: 'Whether a member of etcd has no leader',
    unit: 'state',
    query: (by) => `1 - min by (${by}) (etcd_server_has_leader)`,
    above: 0.5,
    why: 'Without a leader nothing can be written.',
  }),
  etcd_leader_changes: ofEtcd({
    summary: 'Changes of etcd’s leader that a member saw in the last quarter of an hour',
    unit: 'count',
    query: (by) => `max by (${by}) (increase(etcd_server_leader_changes_seen_total[15m]))`,
    above: 2.5,
    guards: { persistence: { points: 1, of: 1, clear: 2 } },
    why: 'One change is a restart, two may be an update; with three it does not hold.',
  }),
  etcd_database_quota_ratio: ofEtcd({
    summary: 'Size of etcd’s database; 1 is its quota',
    unit: 'ratio',
    query: (by) => `max by (${by}) (etcd_mvcc_db_total_size_in_bytes / (etcd_server_quota_backend_bytes > 0))`,
    above: 0.9,
    why: 'At its quota etcd takes nothing but deletions.',
  }),
  volume_usage_ratio: volume(
    {
      summary: 'Share of a volume’s space that is not available',
      unit: 'ratio',
      above: 0.9,
      why: 'Nobody evicts a full volume: what writes to it fails.',
    },
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_capacity_bytes',
  ),
  volume_inodes_ratio: volume(
    {
      summary: 'Share of a volume’s inodes that are used; absent where it has no fixed number of them',
      unit: 'ratio',
      above: 0.9,
      why: 'Without inodes a volume is as full as without space.',
    },
    'kubelet_volume_stats_inodes_free',
    'kubelet_volume_stats_inodes',
  ),
};
