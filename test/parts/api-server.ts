// The two processes that are the least of a control plane: etcd, and the API server with RBAC and pod security
// admission. Both listen on the loopback address only.
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AUDIT_POLICY } from './audit-log.ts';
import { callHttp } from './http-call.ts';
import { type StaticUser, tokenFile } from './kubeconfig.ts';
import { binaryOf } from './missing.ts';
import { freePort, freePorts } from './ports.ts';
import { type PartProcess, startProcess } from './process.ts';

export interface Etcd {
  readonly url: string;
  readonly process: PartProcess;
}

export async function startEtcd(folder: string): Promise<Etcd> {
  const [client, peer] = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`);
  const process = await startProcess({
    name: 'etcd',
    command: binaryOf('etcd'),
    args: [
      ...['--name=test', `--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=warn'],
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`, `--listen-peer-urls=${peer}`],
      ...[`--initial-advertise-peer-urls=${peer}`, `--initial-cluster=test=${peer}`],
    ],
    logFile: join(folder, 'logs/etcd.log'),
    ready: async () => (await callHttp(`${client}/health`)).text.includes('"health":"true"'),
  });
  return { url: client ?? '', process };
}

export interface ApiServerOptions {
  readonly folder: string;
  readonly etcdUrl: string;
  /** Who may come in with a token; the first must be allowed to read namespaces. */
  readonly users: readonly [StaticUser, ...StaticUser[]];
  /** Where every request is written down; nowhere unless told. */
  readonly auditLog?: string;
}

export interface ApiServer {
  readonly url: string;
  /** The certificates to trust: a file, and what is in it. They outlast a restart. */
  readonly caFile: string;
  readonly ca: string;
  /** The file of the key that signs the tokens of service accounts. */
  readonly signingKey: string;
  readonly process: PartProcess;
}

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { folder, users } = options;
  const signingKey = await writeInputs(options);
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const caFile = join(folder, 'certificates/apiserver.crt');
  const process = await startProcess({
    name: 'kube-apiserver',
    command: binaryOf('kube-apiserver'),
    args: argumentsOf(options, port, signingKey),
    logFile: join(folder, 'logs/kube-apiserver.log'),
    // It says that it is ready a moment before it has made the namespace.
    ready: async () => {
      const call = { ca: await readFile(caFile, 'utf8'), token: users[0].token };
      const isReady = (await callHttp(`${url}/readyz`, call)).status === 200;
      return isReady && (await callHttp(`${url}/api/v1/namespaces/default`, call)).status === 200;
    },
  });
  return { url, caFile, ca: await readFile(caFile, 'utf8'), signingKey, process };
}

async function writeInputs({ folder, users }: ApiServerOptions): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signingKey = join(folder, 'service-accounts.key');
  await writeFile(signingKey, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  await writeFile(join(folder, 'tokens.csv'), tokenFile(users), { mode: 0o600 });
  await writeFile(join(folder, 'audit-policy.json'), AUDIT_POLICY);
  return signingKey;
}

function argumentsOf({ folder, etcdUrl, auditLog }: ApiServerOptions, port: number, signingKey: string): string[] {
  const audit =
    auditLog === undefined
      ? []
      : [`--audit-policy-file=${join(folder, 'audit-policy.json')}`, `--audit-log-path=${auditLog}`];
  return [
    ...[`--etcd-servers=${etcdUrl}`, `--cert-dir=${join(folder, 'certificates')}`],
    ...['--bind-address=127.0.0.1', `--secure-port=${port}`, '--service-cluster-ip-range=10.96.0.0/16'],
    // No pod will ever call it; without these it looks for an address of the machine.
    ...['--advertise-address=127.0.0.1', '--endpoint-reconciler-type=none'],
    ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${signingKey}`],
    ...[`--service-account-signing-key-file=${signingKey}`, `--token-auth-file=${join(folder, 'tokens.csv')}`],
    ...['--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount', '--allow-privileged=true'],
    ...audit,
  ];
}
