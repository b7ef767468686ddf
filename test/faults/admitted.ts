// An installation whose API server asks the real admission role, as a process, through two proxies that break what passes: whole
// connections, and single reviews. The certificates are its own; the webhooks are install.yaml's.
import { join } from 'node:path';
import {
  call,
  install,
  openSession,
  pathOf,
  type Session,
  startMaker,
  startReplica,
} from '../cluster/admission/session.ts';
import type { PartName } from '../parts/catalogue.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import type { FaultContext } from './contract.ts';
import { type ReviewProxy, startReviewProxy } from './review-proxy.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export const ADMITTED_NEED: readonly PartName[] = ['kube-apiserver', 'etcd', 'kubectl'];
/** Where detectors are, and where others are. */
export const NAMESPACES = ['shop', 'elsewhere'] as const;

export interface Admitted {
  readonly plane: ControlPlane;
  readonly session: Session;
  readonly connections: TcpProxy;
  readonly reviews: ReviewProxy;
}

export interface AdmittedOptions {
  readonly folder: FaultContext['folder'];
  readonly ending: AsyncDisposableStack;
  readonly replicas?: number;
  readonly simulate?: boolean;
  readonly audit?: boolean;
  /** Whether reviews pass a proxy of their own, which shows admission's certificate from the file; true unless told. */
  readonly behindReviews?: boolean;
  /** Flags of whoever makes the certificates; they live for long unless told. */
  readonly lives?: readonly string[];
  /** Done before anything is installed. */
  readonly before?: (plane: ControlPlane) => Promise<void>;
}

/** Resolves when a detector is let in. */
export async function openAdmitted(options: AdmittedOptions): Promise<Admitted> {
  const { folder, ending, replicas = 1, simulate = false, audit = false, behindReviews = true } = options;
  const plane = await startControlPlane({ folder: join(folder, 'plane'), simulate, audit });
  ending.defer(() => plane.stop());
  for (const name of NAMESPACES) await plane.kubectl(['create', 'namespace', name]);
  await options.before?.(plane);
  const proxies: Pick<Admitted, 'connections' | 'reviews'>[] = [];
  const before = async (port: number) => {
    const reviews = await startReviewProxy(port, join(folder, 'tls/admission'));
    ending.defer(() => reviews.stop());
    const connections = await startTcpProxy({ targetPort: behindReviews ? reviews.port : port });
    ending.defer(() => connections.stop());
    proxies.push({ connections, reviews });
    return connections.port;
  };
  const suite = { plane, folder, report: () => undefined };
  const session = await openSession(suite, { replicas, before });
  ending.defer(() => session.stop());
  await install(session);
  await session.kubelet.start();
  await Promise.all(session.replicas.map((replica) => startReplica(session, replica)));
  await startMaker(session, options.lives ?? ['--every=1s']);
  const [proxy] = proxies;
  if (proxy === undefined) throw new Error('nothing stands before admission');
  await untilReady(session);
  return { plane, session, ...proxy };
}

/** Every replica by its own account, and the API server by a detector that it takes. Milliseconds. */
export async function untilReady(session: Session, timeoutMs = 60_000): Promise<number> {
  const beganMs = performance.now();
  const waiting = { timeoutMs, everyMs: 100 };
  for (const { health } of session.replicas) {
    await waitUntil(
      'admission to be ready',
      async () => {
        const reply = await fetch(`${health}/readyz`);
        if (!reply.ok) throw new Error(`${await reply.text()}\n${session.said()}`);
        return true;
      },
      waiting,
    );
  }
  await waitUntil('a detector to be let in', () => isLetIn(session), waiting);
  return performance.now() - beganMs;
}

async function isLetIn(session: Session): Promise<boolean> {
  const { status, body } = await call(session, `${pathOf('v2')}?dryRun=All`, {
    ...{ method: 'POST', body: JSON.stringify(detectorOf('well')) },
  });
  if (status !== 201) throw new Error(`${status} ${body.message}`);
  return true;
}

/** One without a word that needs a webhook, in either version. */
export function detectorOf(name: string, version: 'v1' | 'v2' = 'v2', namespace = 'shop', more: object = {}) {
  return {
    ...{ apiVersion: `monitoring.my.company/${version}`, kind: 'AnomalyDetector', metadata: { name, namespace } },
    spec: { selector: { app: 'cart' }, metricName: 'm', algorithm: 'auto', ...more },
  };
}

/**
 * All detectors of the shop in v2. A definition that was just changed, as with a new bundle, has the API server build its copy anew:
 * until it is there it says so, and asks to be asked again.
 */
export async function listed<T>(session: Pick<Session, 'plane'>): Promise<readonly T[]> {
  return waitUntil('detectors to be listed', async () => {
    const { status, body } = await call(session, pathOf('v2'));
    if (status === 200) return body.items as readonly T[];
    throw new Error(`${status} ${body.message}`);
  });
}
