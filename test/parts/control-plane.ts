// A real Kubernetes control plane on the loopback address: etcd and the API server with RBAC, pod security admission
// and, when asked, an audit log; with `simulate` also the controllers, the scheduler and simulated nodes. It keeps
// everything in its folder. Pods get no service account token of their own, because nothing runs in them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startApiServer, startEtcd } from './api-server.ts';
import { type CallOptions, callHttp, type Reply } from './http-call.ts';
import { makeUser, writeKubeconfig } from './kubeconfig.ts';
import { binaryOf } from './missing.ts';
import type { PartProcess } from './process.ts';
import { runCommand } from './run-command.ts';
import { type Simulation, startSimulation } from './simulation.ts';

export interface ControlPlaneOptions {
  readonly folder: string;
  /** Whether every request is written down in `auditLog`, before it is answered. */
  readonly audit?: boolean;
  /** Whether pods are scheduled and get running on simulated nodes. */
  readonly simulate?: boolean;
  /** How many nodes to simulate; 3 unless told. */
  readonly nodes?: number;
}

export interface ControlPlane {
  readonly url: string;
  /** The certificates to trust. */
  readonly caFile: string;
  /** The API server's own key, to stand in for it. */
  readonly keyFile: string;
  /** A kubeconfig that may do everything. */
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly etcd: PartProcess;
  readonly etcdUrl: string;
  /** `kill()` and `restart()` keep its port, its certificates and what it knows. */
  readonly apiServer: PartProcess;
  readonly simulation: Simulation | undefined;
  /** The path of a kubeconfig with a real token of a service account that is there; its namespace is the default. */
  kubeconfigFor(account: { readonly namespace: string; readonly serviceAccount: string }): Promise<string>;
  /** What kubectl prints, as the administrator unless the arguments name another `--kubeconfig`. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** The answer to a request for a path, as the administrator unless told another token. */
  request(path: string, options?: CallOptions): Promise<Reply>;
  /** Ends all its processes; the folder stays. */
  stop(): Promise<void>;
}

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const started: PartProcess[] = [];
  try {
    return await startAll(options, started);
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function startAll(options: ControlPlaneOptions, started: PartProcess[]): Promise<ControlPlane> {
  const { folder, audit = false, simulate = false, nodes = 3 } = options;
  await mkdir(folder, { recursive: true });
  const admin = makeUser('admin', ['system:masters']);
  const controllers = makeUser('system:kube-controller-manager', ['system:masters']);
  const scheduler = makeUser('system:kube-scheduler');
  const kwok = makeUser('kwok', ['system:masters']);
  const auditLog = join(folder, 'audit.log');

  const etcd = await startEtcd(folder);
  started.push(etcd.process);
  const server = await startApiServer({
    folder,
    etcdUrl: etcd.url,
    users: [admin, controllers, scheduler, kwok],
    ...(audit ? { auditLog } : {}),
  });
  started.push(server.process);
  const { url, caFile, ca, signingKey } = server;

  const write = (name: string, token: string, namespace?: string) =>
    writeKubeconfig(join(folder, `${name}.kubeconfig`), { url, ca, token, ...(namespace && { namespace }) });
  const kubeconfig = await write('admin', admin.token);
  const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, 'kubectl-cache') };
  const kubectl = (args: readonly string[], stdin = '') => runCommand(binaryOf('kubectl'), args, { env, stdin });
  const request = (path: string, call: CallOptions = {}) =>
    callHttp(`${url}${path}`, { ca, token: admin.token, ...call });
  const kubeconfigFor: ControlPlane['kubeconfigFor'] = async ({ namespace, serviceAccount }) => {
    const token = await kubectl(['create', 'token', serviceAccount, '-n', namespace, '--duration=10h']);
    return write(`${namespace}.${serviceAccount}`, token.trim(), namespace);
  };
  const simulation = simulate
    ? await startSimulation({
        folder,
        signingKey,
        controllers: await write('controllers', controllers.token),
        scheduler: await write('scheduler', scheduler.token),
        kwok: await write('kwok', kwok.token),
        nodes,
        started,
        request,
      })
    : undefined;
  return {
    ...{
      url,
      caFile,
      keyFile: join(folder, 'certificates/apiserver.key'),
      kubeconfig,
      auditLog,
      etcd: etcd.process,
      etcdUrl: etcd.url,
      apiServer: server.process,
    },
    simulation,
    ...{ kubeconfigFor, kubectl, request, stop: () => stopAll(started) },
  };
}

/** The last started first, so that nobody complains of another's end. */
async function stopAll(started: readonly PartProcess[]): Promise<void> {
  for (const part of started.toReversed()) await part.stop();
}
