// What of a cluster is scraped, a job for each kind of target: how Prometheus finds it, what its series are labelled with, and
// which of the core metrics it has. Series keep the labels that observe mode and the ready-made detectors ask by.
import { copy, drop, keep, type Relabel, set } from './relabel.ts';

export interface Job {
  /** The label `job` of its series. */
  readonly name: string;
  /** What somebody who reads the file should know. */
  readonly says: string;
  readonly role: 'node' | 'pod' | 'endpointslice';
  /** How its core metrics begin; absent: all that no other job's do. */
  readonly begins?: string;
  /** With the token and the authority of the API server. */
  readonly isSecured?: true;
  readonly path?: string;
  readonly relabel: readonly Relabel[];
  readonly more?: Readonly<Record<string, boolean>>;
}

const META = '__meta_kubernetes';
const NAMED = `${META}_pod_label_app_kubernetes_io_name`;
/** What pods of the node exporter are called by `app.kubernetes.io/name`. */
export const NODE_EXPORTERS = ['node-exporter', 'prometheus-node-exporter'];
const STATE_METRICS = 'kube-state-metrics';
const PORT = `${META}_pod_container_port_name`;
/** Of pods that run: what has ended has no address any more, or another's. */
const RUNNING = [drop(`${META}_pod_phase`, 'Succeeded|Failed'), drop(`${META}_pod_container_init`, 'true')];
const OF_POD = [
  copy(`${META}_namespace`, 'namespace'),
  copy(`${META}_pod_name`, 'pod'),
  copy(`${META}_pod_node_name`, 'node'),
];
const OF_NODE = [copy(`${META}_node_name`, 'node')];

export interface JobOptions {
  /** Where etcd serves its metrics over http. */
  readonly etcdPort: number;
}

export function scrapeJobs({ etcdPort }: JobOptions): readonly Job[] {
  return [
    {
      ...{ name: 'apiserver', role: 'endpointslice', begins: 'apiserver_', isSecured: true },
      says: 'The API server: the endpoints of the service "kubernetes".',
      relabel: [
        keep(`${META}_namespace`, 'default'),
        keep(`${META}_endpointslice_name`, 'kubernetes'),
        keep(`${META}_endpointslice_port_name`, 'https'),
      ],
    },
    {
      ...{ name: 'kubelet', role: 'node', begins: 'kubelet_', isSecured: true },
      says: 'The kubelets, volumes among what they tell. Certificates that they sign themselves need tls_config.insecure_skip_verify.',
      relabel: OF_NODE,
    },
    {
      ...{ name: 'cadvisor', role: 'node', begins: 'container_', isSecured: true, path: '/metrics/cadvisor' },
      says: 'What the kubelets tell of containers. By the time of the scrape: a container that is gone is so at once.',
      relabel: OF_NODE,
      more: { honor_timestamps: false },
    },
    {
      ...{ name: 'kube-state-metrics', role: 'pod', begins: 'kube_' },
      says: 'kube-state-metrics: the labels namespace, pod and node of its series are those of what they tell of.',
      relabel: [...RUNNING, keep(NAMED, STATE_METRICS), keep(PORT, 'http|http-metrics')],
      more: { honor_labels: true },
    },
    {
      ...{ name: 'node-exporter', role: 'pod', begins: 'node_' },
      says: 'The node exporter.',
      relabel: [
        ...[...RUNNING, keep(NAMED, NODE_EXPORTERS.join('|'))],
        ...[keep(PORT, 'http|http-metrics|metrics'), ...OF_POD],
      ],
    },
    {
      ...{ name: 'etcd', role: 'pod', begins: 'etcd_' },
      says: 'etcd as kubeadm runs it, once its --listen-metrics-urls is an address that Prometheus reaches.',
      relabel: [
        ...RUNNING,
        keep(`${META}_namespace`, 'kube-system'),
        keep(`${META}_pod_label_component`, 'etcd'),
        { ...copy(`${META}_pod_ip`, '__address__'), replacement: `$1:${etcdPort}` },
        ...OF_POD,
      ],
    },
    {
      ...{ name: 'pods', role: 'pod' },
      says: 'Pods that ask for it: prometheus.io/scrape: "true", and maybe prometheus.io/port, /path and /scheme.',
      relabel: [
        ...[...RUNNING, drop(NAMED, [STATE_METRICS, ...NODE_EXPORTERS].join('|'))],
        keep(`${META}_pod_annotation_prometheus_io_scrape`, 'true'),
        { ...copy(`${META}_pod_annotation_prometheus_io_scheme`, '__scheme__'), regex: '(https?)' },
        copy(`${META}_pod_annotation_prometheus_io_path`, '__metrics_path__'),
        {
          source_labels: ['__address__', `${META}_pod_annotation_prometheus_io_port`],
          ...{ separator: ';', regex: '(.+?)(?::\\d+)?;(\\d+)', target_label: '__address__', replacement: '$1:$2' },
        },
        ...OF_POD,
      ],
    },
  ];
}

/** The label that tells the two scrapes of a target apart. */
export const SCRAPE_LABEL = 'tidewatch_scrape';

export const asJob = (name: string): Relabel => set('job', name);
