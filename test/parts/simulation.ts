// What makes a control plane alive: the real controllers and scheduler, and kwok, which plays the kubelets of nodes
// that are not there. A Deployment's pods get running with real events of scheduler and controllers; no process runs
// in them. A paused kwok is a cluster whose nodes have all gone silent (they are not ready after about 50 s).
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CallOptions, callHttp, type Reply } from './http-call.ts';
import { binaryOf } from './missing.ts';
import { freePorts } from './ports.ts';
import { type PartProcess, startProcess } from './process.ts';
import { waitUntil } from './wait-until.ts';

export interface SimulationOptions {
  readonly folder: string;
  /** The file of the key that signs the tokens of service accounts. */
  readonly signingKey: string;
  /** Kubeconfigs. */
  readonly controllers: string;
  readonly scheduler: string;
  readonly kwok: string;
  /** How many. */
  readonly nodes: number;
  /** Every process is added to it as soon as it is there, so that it is stopped though a later one fails. */
  readonly started: PartProcess[];
  /** A request to the API server as its administrator. */
  request(path: string, options?: CallOptions): Promise<Reply>;
}

export interface Simulation {
  readonly controllerManager: PartProcess;
  readonly scheduler: PartProcess;
  readonly kwok: PartProcess;
}

export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const { folder, signingKey, started } = options;
  const [controllerPort = 0, schedulerPort = 0, kwokPort = 0] = await freePorts(3);
  const begin = async (starting: Promise<PartProcess>) => {
    const part = await starting;
    started.push(part);
    return part;
  };
  const starting = [
    begin(
      startKubernetesPart(folder, 'kube-controller-manager', controllerPort, [
        ...[`--kubeconfig=${options.controllers}`, '--use-service-account-credentials=false'],
        ...[`--service-account-private-key-file=${signingKey}`, '--kube-api-qps=200', '--kube-api-burst=400'],
      ]),
    ),
    begin(startKubernetesPart(folder, 'kube-scheduler', schedulerPort, [`--kubeconfig=${options.scheduler}`])),
    begin(startKwok(folder, kwokPort, options.kwok)),
  ] as const;
  // When one fails, the others are on the list before anybody stops what is on it.
  await Promise.allSettled(starting);
  const [controllerManager, scheduler, kwok] = await Promise.all(starting);
  await addNodes(options);
  return { controllerManager, scheduler, kwok };
}

async function addNodes({ nodes, request }: SimulationOptions): Promise<void> {
  for (let number = 1; number <= nodes; number++) {
    const body = JSON.stringify(makeNode(`node-${number}`));
    const { status, text } = await request('/api/v1/nodes', { method: 'POST', body });
    if (status !== 201) throw new Error(`a simulated node was refused with ${status}: ${text}`);
  }
  await waitUntil(`${nodes} simulated nodes to be ready`, async () => {
    const { items } = JSON.parse((await request('/api/v1/nodes')).text) as { items: Node[] };
    return items.filter(isReady).length >= nodes;
  });
}

async function startKubernetesPart(
  folder: string,
  name: 'kube-controller-manager' | 'kube-scheduler',
  port: number,
  args: readonly string[],
): Promise<PartProcess> {
  const own = ['--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${join(folder, name)}`];
  return startProcess({
    name,
    command: binaryOf(name),
    args: [...own, '--leader-elect=false', ...args],
    logFile: join(folder, `logs/${name}.log`),
    // Its certificate is of its own making, and it is told nothing.
    ready: async () => (await callHttp(`https://127.0.0.1:${port}/healthz`, { trustAnybody: true })).status === 200,
  });
}

async function startKwok(folder: string, port: number, kubeconfig: string): Promise<PartProcess> {
  const command = binaryOf('kwok');
  const stages = join(dirname(command), 'stages');
  const files = (await readdir(stages)).sort();
  return startProcess({
    name: 'kwok',
    command,
    args: [
      ...[`--kubeconfig=${kubeconfig}`, '--manage-all-nodes=true', `--server-address=127.0.0.1:${port}`],
      ...files.map((file) => `--config=${join(stages, file)}`),
    ],
    logFile: join(folder, 'logs/kwok.log'),
    ready: async () => (await callHttp(`http://127.0.0.1:${port}/healthz`)).status === 200,
  });
}

interface Node {
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Ready, and seen to be so by the controllers, which then take the taint away that keeps pods off. */
function isReady({ spec, status }: Node): boolean {
  const ready = status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return ready && (spec.taints ?? []).length === 0;
}

function makeNode(name: string) {
  const resources = { cpu: '8', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    },
    status: { allocatable: resources, capacity: resources },
  };
}
