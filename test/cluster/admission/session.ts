// What the tests of admission share: the installation with two replicas as processes, behind a door that stands for their
// Service, and whoever makes their certificates. The webhooks are install.yaml's own but for the port.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeAuthority, makeLeaf } from '#app/certificates/issue.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { type Running, start } from '../../fixtures/command.ts';
import type { ControlPlane } from '../../parts/control-plane.ts';
import type { CallOptions } from '../../parts/http-call.ts';
import { dieTogether } from '../../parts/orphans.ts';
import { freePorts } from '../../parts/ports.ts';
import { type Manifest, manifestText, readInstall } from '../install-manifest.ts';
import { createKubelet, INSTALLED, type Kubelet } from '../kubelet.ts';

export interface AdmissionSuite {
  /** With `audit`. Nothing of Tidewatch may be installed in it. */
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

export interface Replica {
  readonly port: number;
  /** Address of its health port. */
  readonly health: string;
  running: Running | undefined;
}

export interface Session extends AdmissionSuite {
  readonly replicas: readonly Replica[];
  /** install.yaml, whose Service leads to the replicas here. */
  readonly manifests: readonly Manifest[];
  readonly maker: { running: Running | undefined };
  readonly kubelet: Kubelet;
  stop(): Promise<void>;
  said(): string;
}

export type Tests = Readonly<Record<string, (session: Session) => Promise<unknown>>>;

export const SHOP = 'shop';
export const SERVICE = 'tidewatch-admission';
export const WEBHOOKS = `tidewatch.${DEFAULT_GROUP}`;
export const CRD = `anomalydetectors.${DEFAULT_GROUP}`;
/** A leaf is replaced every twenty seconds, an authority every seventy-two. */
const LIVES = ['--life=30s', '--authority-life=108s', '--grace=5s', '--every=1s'];

export interface SessionOptions {
  /** 2 unless told. */
  readonly replicas?: number;
  /** What stands before the Service: told the Service's port, it says its own. */
  readonly before?: (port: number) => Promise<number>;
}

export async function openSession(
  suite: AdmissionSuite,
  { replicas: count = 2, before = async (port) => port }: SessionOptions = {},
): Promise<Session> {
  const { plane, folder } = suite;
  const [door = 0, ...ports] = await freePorts(1 + 2 * count);
  const replicas: Replica[] = Array.from({ length: count }, (_, index) => ({
    ...{ port: ports[index] ?? 0, health: `http://127.0.0.1:${ports[count + index]}`, running: undefined },
  }));
  const kubelet = createKubelet(plane, join(folder, 'tls'), ['admission']);
  const service = await openDoor(
    door,
    replicas.map(({ port }) => port),
  );
  const maker: Session['maker'] = { running: undefined };
  const seen = await before(door);
  const manifests = (await readInstall()).map((one) => adapt(one, seen));
  const processes = () => [maker, ...replicas].flatMap(({ running }) => running ?? []);
  return {
    ...suite,
    ...{ replicas, manifests, maker, kubelet },
    said: () =>
      processes()
        .map(({ stderr }) => `--- ${stderr.slice(-1500)}`)
        .join('\n'),
    async stop() {
      for (const { process } of processes()) await end(process);
      await kubelet.stop();
      service.close();
    },
  };
}

export async function startReplica({ plane, kubelet }: Session, replica: Replica): Promise<void> {
  const kubeconfig = await plane.kubeconfigFor({ namespace: INSTALLED, serviceAccount: SERVICE });
  replica.running = start([
    ...['admission', `--port=${replica.port}`, '--host=127.0.0.1', `--kubeconfig=${kubeconfig}`, '--settle=1s'],
    ...[`--health-port=${new URL(replica.health).port}`, '--health-host=127.0.0.1', '--log-level=info'],
    `--tls=${kubelet.folderOf('admission')}`,
  ]);
  dieTogether(replica.running.process);
}

/** `tidewatch certificates`, with the token of its account. `lives`: flags that say how long things live. */
export async function startMaker({ plane, maker }: Session, lives: readonly string[] = LIVES): Promise<void> {
  const kubeconfig = await plane.kubeconfigFor({ namespace: INSTALLED, serviceAccount: 'tidewatch-certificates' });
  maker.running = start(['certificates', `--kubeconfig=${kubeconfig}`, ...lives]);
  dieTogether(maker.running.process);
  await maker.running.printed(/Keeps +the certificates/);
}

export async function stopMaker({ maker }: Session): Promise<void> {
  if (maker.running !== undefined) await end(maker.running.process);
}

/** Gives it a certificate of an authority that nobody knows, and forgets the one before: as somebody else's tool may. */
export async function replaceAuthority(session: Session, lifeMs = 3_600_000): Promise<void> {
  const { plane } = session;
  await stopMaker(session);
  const period = { nowMs: Date.now(), endMs: Date.now() + lifeMs };
  const authority = await makeAuthority(INSTALLED, period);
  const leaf = await makeLeaf('admission', INSTALLED, authority, period);
  const files = { 'ca.crt': authority.certificate, 'tls.crt': leaf.certificate, 'tls.key': leaf.key };
  const data = Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
  const patch = JSON.stringify({ data: Object.fromEntries(data) });
  await plane.kubectl(['patch', 'secret', 'tidewatch-tls-admission', '-n', INSTALLED, '--type=merge', '-p', patch]);
}

export function install({ plane, manifests }: Session): Promise<string> {
  return plane.kubectl(['apply', '--validate=strict', '-f', '-'], manifestText(manifests));
}

/** The answer's status and JSON. */
export async function call({ plane }: Pick<Session, 'plane'>, path: string, options?: CallOptions) {
  const { status, text } = await plane.request(path, options);
  return { status, body: JSON.parse(text) };
}

/** The path of detectors of a namespace (the shop unless told), or of one of them. */
export function pathOf(version: 'v1' | 'v2', name = '', namespace = SHOP): string {
  const all = `/apis/${DEFAULT_GROUP}/${version}/namespaces/${namespace}/anomalydetectors`;
  return name === '' ? all : `${all}/${name}`;
}

export function detector(name: string, spec: object, version: 'v1' | 'v2' = 'v2') {
  return { apiVersion: `${DEFAULT_GROUP}/${version}`, kind: 'AnomalyDetector', metadata: { name }, spec };
}

/** The bundles of whom the API server trusts, as PEM: validating, mutating, conversion. Rejects when one is empty. */
export async function readBundles(session: Pick<Session, 'plane'>): Promise<string[]> {
  const at = '/apis/admissionregistration.k8s.io/v1';
  const [validating, mutating, crd] = await Promise.all([
    call(session, `${at}/validatingwebhookconfigurations/${WEBHOOKS}`),
    call(session, `${at}/mutatingwebhookconfigurations/${WEBHOOKS}`),
    call(session, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CRD}`),
  ]);
  const bundles = [
    validating.body.webhooks?.[0].clientConfig.caBundle,
    mutating.body.webhooks?.[0].clientConfig.caBundle,
    crd.body.spec?.conversion.webhook.clientConfig.caBundle,
  ];
  return bundles.map((bundle, index) => {
    if (typeof bundle === 'string') return Buffer.from(bundle, 'base64').toString();
    throw new Error(
      `the API server is told nobody to trust by the ${['validating', 'mutating', 'converting'][index]} one`,
    );
  });
}

/** Its Service leads to a name, which is this machine; the certificate is still checked for the Service's own. */
function adapt(manifest: Manifest, port: number): Manifest {
  const { kind, metadata, spec } = manifest;
  if (kind === 'Service' && metadata.name === SERVICE) {
    return { ...manifest, spec: { type: 'ExternalName', externalName: 'localhost' } };
  }
  const text = JSON.stringify({ ...manifest, spec });
  return JSON.parse(text.replaceAll(/("path":"\/(?:validate|mutate|convert)","port"):443/g, `$1:${port}`));
}

/** One connection to each in turn. */
async function openDoor(port: number, targets: readonly number[]): Promise<Server> {
  let turn = 0;
  const server = createServer((client: Socket) => {
    const target = connect({ host: '127.0.0.1', port: targets[turn++ % targets.length] ?? 0 });
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return server;
}

async function end(process: Running['process']): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'close');
  process.kill('SIGTERM');
  await ended;
}
