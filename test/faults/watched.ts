// A reflector behind a fault proxy, and the ledger of what its listeners heard.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import { createKubeClient } from '#kube/client.ts';
import { readKubeAccess } from '#kube/config.ts';
import type { KubeCall, KubeClient, KubeRecord, Reflector } from '#kube/contract.ts';
import { toPod } from '#kube/objects.ts';
import { createReflector } from '#kube/reflector.ts';
import type { Rng } from '#stats/rng.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type Change, type Changer, DETECTORS, FAULT_NAMESPACE, type Kind, openChanger, PODS } from './changes.ts';
import type { FaultContext } from './contract.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** Why a list or a watch broke, as the reflector logs it, or with the status that a list was refused with. */
type Breaks = string[];

export interface Watched {
  readonly kind: Kind;
  readonly reflector: Reflector<KubeRecord>;
  /** Through the same proxy. */
  readonly client: KubeClient;
  readonly proxy: TcpProxy;
  /** Watches that were open at once, at most. */
  readonly mostWatches: number;
  /** What was heard twice, or of something that is not there. */
  readonly doubled: readonly string[];
  readonly breaks: readonly string[];
  heard(change: Change): boolean;
  stop(): Promise<void>;
}

export interface WatchedOptions {
  readonly plane: ControlPlane;
  readonly folder: string;
  readonly kind: Kind;
  readonly rng: Rng;
  readonly idleMs?: number;
  readonly pageSize?: number;
  /** Done before each page of a list is asked for. */
  readonly beforeList?: () => Promise<void>;
  /** What is kept of an object, when it is more than who it is. */
  readonly project?: (object: unknown) => KubeRecord | undefined;
  /** Instead of the API server's own, e.g. of a stand-in that refuses. */
  readonly proxy?: TcpProxy;
}

export async function openWatched(options: WatchedOptions): Promise<Watched> {
  const { plane, folder, kind, rng, idleMs, pageSize } = options;
  const breaks: Breaks = [];
  const log = breaksLog(breaks);
  const proxy = options.proxy ?? (await startTcpProxy({ targetPort: Number(new URL(plane.url).port) }));
  const access = await readKubeAccess({ kubeconfig: await through(plane, folder, proxy), clock: systemClock });
  const client = createKubeClient(access, { clock: systemClock, log, userAgent: 'tidewatch/faults' });
  const watches = { open: 0, most: 0 };
  const [list, watch] = kind === PODS ? [CALLS.listPods, CALLS.watchPods] : [CALLS.listDetectors, CALLS.watchDetectors];
  const versions = new Set<string>();
  const gone = new Set<string>();
  const doubled: string[] = [];
  const hear = ({ uid, resourceVersion }: KubeRecord) => {
    const key = `${uid} ${resourceVersion}`;
    if (versions.has(key) || gone.has(uid)) doubled.push(key);
    versions.add(key);
  };
  const reflector = createReflector<KubeRecord>({
    ...{ client: hooked(client, watch, watches, options, breaks), list, watch, target: { namespace: FAULT_NAMESPACE } },
    ...{
      project: options.project ?? (kind === PODS ? toPod : toRecord),
      clock: systemClock,
      random: () => rng.uniform(),
      log,
    },
    listeners: [
      {
        added: hear,
        updated: hear,
        deleted: ({ uid }) => {
          if (gone.has(uid)) doubled.push(`${uid} is gone`);
          gone.add(uid);
        },
      },
    ],
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  reflector.start();
  await reflector.synced(AbortSignal.timeout(60_000));
  return {
    ...{ kind, reflector, client, proxy, doubled, breaks },
    get mostWatches() {
      return watches.most;
    },
    heard: ({ uid, version, isGone }) => (isGone ? gone.has(uid) : versions.has(`${uid} ${version}`)),
    stop: async () => {
      await reflector.stop();
      await client.close();
      await proxy.stop();
    },
  };
}

/** Resolves when the copy is what the API server has. */
export async function untilEqual({ kind, reflector }: Watched, changer: Changer, timeoutMs = 60_000): Promise<void> {
  await waitUntil(
    'the copy to be what is there',
    async () => {
      const there = await changer.there(kind);
      const held = [...reflector.list()].map(({ uid, resourceVersion }) => `${uid} ${resourceVersion}`).sort();
      if (there.join() !== held.join()) throw new Error(`there are ${there.length}, ${held.length} are held`);
      return true;
    },
    { timeoutMs, everyMs: 250 },
  );
}

/** An API server with the resource, and who changes what is in it; both end with `ending`. */
export async function openChanging(
  { rng, folder }: Pick<FaultContext, 'rng' | 'folder'>,
  ending: AsyncDisposableStack,
): Promise<{ readonly plane: ControlPlane; readonly changer: Changer }> {
  const plane = await startControlPlane({ folder });
  ending.defer(() => plane.stop());
  await makeNamespace(plane);
  const changer = await openChanger(plane, rng);
  ending.defer(() => changer.close());
  return { plane, changer };
}

export async function makeNamespace(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['create', 'namespace', FAULT_NAMESPACE]);
  const crd = new URL('../../deploy/crds/anomalydetectors.yaml', import.meta.url);
  await plane.kubectl(['apply', '-f', '-'], await readFile(crd, 'utf8'));
  await plane.kubectl(['wait', '--for=condition=Established', 'crd/anomalydetectors.monitoring.my.company']);
  await waitUntil('detectors to be served', async () => (await plane.request(DETECTORS.path)).status === 200);
}

/** The administrator's kubeconfig, with the proxy's address. */
async function through(plane: ControlPlane, folder: string, { port }: TcpProxy): Promise<string> {
  const path = join(folder, `proxy-${port}.kubeconfig`);
  const text = await readFile(plane.kubeconfig, 'utf8');
  await writeFile(path, text.replaceAll(plane.url, `https://127.0.0.1:${port}`), { mode: 0o600 });
  return path;
}

function breaksLog(breaks: Breaks): Log {
  const write = (values: unknown) => {
    const { reason } = values as { readonly reason?: string };
    if (reason !== undefined) breaks.push(reason);
  };
  return { debug: () => undefined, info: () => undefined, warn: write, error: write } as unknown as Log;
}

function hooked(
  client: KubeClient,
  watch: KubeCall,
  watches: { open: number; most: number },
  { beforeList }: WatchedOptions,
  breaks: Breaks,
): KubeClient {
  return {
    ...client,
    request: async <T>(...request: Parameters<KubeClient['request']>) => {
      if (request[0].verb === 'list') await beforeList?.();
      return client.request<T>(...request).catch((error: { readonly status?: number }) => {
        breaks.push(`status ${error.status}`);
        throw error;
      });
    },
    stream: async (call, target, request) => {
      const chunks = await client.stream(call, target, request);
      return call === watch ? countedWhileRead(chunks, watches) : chunks;
    },
  };
}

async function* countedWhileRead(chunks: AsyncIterable<Uint8Array>, watches: { open: number; most: number }) {
  watches.open++;
  watches.most = Math.max(watches.most, watches.open);
  try {
    yield* chunks;
  } finally {
    watches.open--;
  }
}

function toRecord(object: unknown): KubeRecord {
  const { metadata } = object as { metadata: KubeRecord };
  const { uid, namespace, name, resourceVersion } = metadata;
  return { uid, namespace, name, resourceVersion };
}

/** A list tells how things are, not how they came to be: of each object its last change counts, when it was ever heard of. */
export function missedByList(watched: Watched, sent: readonly Change[]): Change[] {
  const last = new Map(sent.map((change) => [change.uid, change]));
  const known = new Set(sent.filter((change) => !change.isGone && watched.heard(change)).map(({ uid }) => uid));
  return [...last.values()].filter((change) => (!change.isGone || known.has(change.uid)) && !watched.heard(change));
}
