// What the generated configuration scrapes in these tests: real parts where they run without nodes, and the labels by which
// Kubernetes would have told of each, so that the relabel rules have to do their work.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../parts/control-plane.ts';
import { callHttp } from '../../parts/http-call.ts';
import { binaryOf } from '../../parts/missing.ts';
import { freePort, freePorts } from '../../parts/ports.ts';
import { startProcess } from '../../parts/process.ts';
import { type Exporter, startExporter } from '../exporter.ts';
import { application, type Claim, cadvisor, kubelet } from './made-up.ts';

export const NODE = 'worker-1';
export const SHOP = 'shop';

/** Of static_configs. */
export interface StaticTarget {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Targets {
  /** By job. */
  readonly of: Readonly<Record<string, readonly StaticTarget[]>>;
  /** What each job's one target exposes, by its address. */
  readonly exposed: Readonly<Record<string, string>>;
  readonly etcdPort: number;
  readonly tokenFile: string;
  readonly caFile: string;
  stop(): Promise<void>;
}

export interface TargetOptions {
  readonly plane: ControlPlane;
  readonly folder: string;
  readonly pods: readonly string[];
  readonly claim: Claim;
}

export async function startTargets(options: TargetOptions): Promise<Targets> {
  const { plane, folder, pods, claim } = options;
  await mkdir(folder, { recursive: true });
  const closing = new AsyncDisposableStack();
  const made = async (fill: (exporter: Exporter) => void): Promise<string> => {
    const exporter = await startExporter();
    closing.defer(() => exporter.stop());
    fill(exporter);
    return exporter.address;
  };
  try {
    const containers = await made((exporter) => exporter.expose(cadvisor(SHOP, pods)));
    const nodes = await made((exporter) => exporter.expose(kubelet(claim)));
    const app = await made((exporter) => exporter.expose(application()));
    const nodeExporter = await startNodeExporter(folder, closing);
    const state = await startStateMetrics(options, closing);
    const etcd = await startOwnEtcd(folder, closing);
    const addresses = { containers, nodes, app, nodeExporter, state, etcd, apiserver: new URL(plane.url).host };
    return {
      of: targetsOf(addresses, pods[0] ?? ''),
      exposed: { kubelet: nodes, cadvisor: containers, 'node-exporter': nodeExporter, etcd, pods: app },
      etcdPort: Number(etcd.split(':')[1]),
      tokenFile: await tokenOf(plane, folder),
      caFile: plane.caFile,
      stop: () => closing.disposeAsync(),
    };
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

type Addresses = Readonly<
  Record<'containers' | 'nodes' | 'app' | 'nodeExporter' | 'state' | 'etcd' | 'apiserver', string>
>;

const META = '__meta_kubernetes';
const pod = (namespace: string, name: string, more: Readonly<Record<string, string>>) => ({
  [`${META}_namespace`]: namespace,
  [`${META}_pod_name`]: name,
  [`${META}_pod_node_name`]: NODE,
  [`${META}_pod_phase`]: 'Running',
  [`${META}_pod_container_init`]: 'false',
  ...more,
});
const NAME = `${META}_pod_label_app_kubernetes_io_name`;
const PORT = `${META}_pod_container_port_name`;
const SCRAPE = `${META}_pod_annotation_prometheus_io_scrape`;
const SCRAPED_AT = `${META}_pod_annotation_prometheus_io_port`;

function targetsOf(at: Addresses, appPod: string): Targets['of'] {
  const node = { [`${META}_node_name`]: NODE, __scheme__: 'http' };
  const [host = '', appPort = ''] = at.app.split(':');
  const slice = (name: string) => ({
    [`${META}_namespace`]: 'default',
    [`${META}_endpointslice_name`]: name,
    [`${META}_endpointslice_port_name`]: 'https',
  });
  const state = pod('monitoring', 'kube-state-metrics-0', { [NAME]: 'kube-state-metrics' });
  const exporter = pod('monitoring', 'node-exporter-x', { [NAME]: 'node-exporter' });
  const asks = { [SCRAPE]: 'true', [SCRAPED_AT]: appPort };
  return {
    apiserver: [
      { targets: [at.apiserver], labels: slice('kubernetes') },
      { targets: ['127.0.0.1:1'], labels: slice('other') },
    ],
    kubelet: [{ targets: [at.nodes], labels: node }],
    cadvisor: [{ targets: [at.containers], labels: node }],
    'kube-state-metrics': [
      { targets: [at.state], labels: { ...state, [PORT]: 'http-metrics' } },
      { targets: ['127.0.0.1:1'], labels: { ...state, [PORT]: 'telemetry' } },
    ],
    'node-exporter': [{ targets: [at.nodeExporter], labels: { ...exporter, [PORT]: 'metrics' } }],
    etcd: [
      {
        targets: ['127.0.0.1:1'],
        labels: pod('kube-system', 'etcd-1', {
          [`${META}_pod_label_component`]: 'etcd',
          [`${META}_pod_ip`]: '127.0.0.1',
        }),
      },
    ],
    pods: [
      // Two ports, one address: the annotation decides.
      { targets: [`${host}:1`, `${host}:2`], labels: pod(SHOP, appPod, asks) },
      { targets: ['127.0.0.1:3'], labels: pod(SHOP, 'silent', {}) },
      { targets: ['127.0.0.1:4'], labels: { ...pod(SHOP, 'over', asks), [`${META}_pod_phase`]: 'Succeeded' } },
      // It asks to be scraped, and is already.
      { targets: [at.nodeExporter], labels: { ...exporter, [SCRAPE]: 'true' } },
    ],
  };
}

async function startNodeExporter(folder: string, closing: AsyncDisposableStack): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const process = await startProcess({
    ...{ name: 'node exporter', command: binaryOf('prometheus-node-exporter') },
    args: [`--web.listen-address=${address}`],
    logFile: join(folder, 'node-exporter.log'),
    ready: async () => (await callHttp(`http://${address}/metrics`)).status === 200,
  });
  closing.defer(() => process.stop());
  return address;
}

async function startStateMetrics({ plane, folder }: TargetOptions, closing: AsyncDisposableStack): Promise<string> {
  const [port, telemetry] = await freePorts(2);
  const process = await startProcess({
    ...{ name: 'kube-state-metrics', command: binaryOf('kube-state-metrics') },
    args: [
      ...[`--kubeconfig=${plane.kubeconfig}`, '--host=127.0.0.1', `--port=${port}`],
      ...['--telemetry-host=127.0.0.1', `--telemetry-port=${telemetry}`],
    ],
    logFile: join(folder, 'kube-state-metrics.log'),
    ready: async () => (await callHttp(`http://127.0.0.1:${port}/metrics`)).text.includes('kube_pod_created{'),
  });
  closing.defer(() => process.stop());
  return `127.0.0.1:${port}`;
}

/** The API server's own waits for no disk, so that it has no latency of one. */
async function startOwnEtcd(folder: string, closing: AsyncDisposableStack): Promise<string> {
  const [client, peer] = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`);
  const process = await startProcess({
    ...{ name: 'etcd', command: binaryOf('etcd') },
    args: [
      ...['--name=own', `--data-dir=${join(folder, 'etcd')}`, '--log-level=warn'],
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`, `--listen-peer-urls=${peer}`],
      ...[`--initial-advertise-peer-urls=${peer}`, `--initial-cluster=own=${peer}`],
    ],
    logFile: join(folder, 'etcd.log'),
    ready: async () => (await callHttp(`${client}/health`)).text.includes('"health":"true"'),
  });
  closing.defer(() => process.stop());
  return new URL(client ?? '').host;
}

/** Of an account with the rights that the guide asks for. */
const ACCOUNT = `
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: prometheus, namespace: monitoring }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: prometheus }
rules:
  - { apiGroups: [''], resources: [pods, nodes], verbs: [get, list, watch] }
  - { apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch] }
  - { apiGroups: [''], resources: [nodes/metrics], verbs: [get] }
  - { nonResourceURLs: [/metrics], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: prometheus }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prometheus }
subjects: [{ kind: ServiceAccount, name: prometheus, namespace: monitoring }]
`;

async function tokenOf(plane: ControlPlane, folder: string): Promise<string> {
  await plane.kubectl(['apply', '-f', '-'], ACCOUNT);
  const token = await plane.kubectl(['create', 'token', 'prometheus', '-n', 'monitoring', '--duration=1h']);
  const file = join(folder, 'token');
  await writeFile(file, token.trim(), { mode: 0o600 });
  return file;
}
