// Where the API server is, and who asks: from a kubeconfig, or from the files that a pod gets. Credentials are read when
// they are asked for, because tokens rotate and plugins give new ones. The library, which is heavy, is loaded for a
// kubeconfig only, and is asked for credentials only: its connections do not come back after a reset.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { KubeAccess, KubeCredentials } from './access.ts';
import { readKubeconfig } from './kubeconfig.ts';

/** What a pod knows of its cluster. */
export interface InCluster {
  readonly host: string;
  readonly port: string;
  /** With `ca.crt`, `token` and `namespace`; that of the service account unless told. */
  readonly folder?: string;
}

export interface KubeAccessOptions {
  /** A path, or several in the way of `KUBECONFIG`. */
  readonly kubeconfig?: string;
  /** Another context of the kubeconfig than its current one. */
  readonly context?: string;
  /** Where `.kube/config` is looked for when no kubeconfig is given. */
  readonly home?: string;
  readonly inCluster?: InCluster;
  readonly clock: Clock;
}

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The kubelet renews a token well before it ends. */
const KEEP_MS = 10_000;

/** In-cluster access as the kubelet tells it, or undefined outside of a pod. */
export function inClusterOf(env: Readonly<Record<string, string | undefined>>): InCluster | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return host === undefined || host === '' || port === undefined ? undefined : { host, port };
}

/**
 * Access by the given kubeconfig, else by the one at home, else by the pod's account. Rejects with an AppError
 * `bad-config` that says what to do.
 */
export async function readKubeAccess(options: KubeAccessOptions): Promise<KubeAccess> {
  const { kubeconfig, home, inCluster, context, clock } = options;
  if (kubeconfig !== undefined && kubeconfig !== '') return keep(await readKubeconfig(kubeconfig, context), clock);
  const atHome = home === undefined ? undefined : join(home, '.kube/config');
  if (atHome !== undefined && (await exists(atHome))) return keep(await readKubeconfig(atHome, context), clock);
  if (context !== undefined) {
    throw new AppError('bad-config', `there is no kubeconfig to find the context "${context}" in: pass --kubeconfig`);
  }
  if (inCluster !== undefined) return keep(await readAccount(inCluster), clock);
  throw new AppError(
    'bad-config',
    `no cluster is named: pass --kubeconfig <file>, set KUBECONFIG, or put the file at ${atHome ?? '~/.kube/config'}; in ` +
      'a pod, give it a service account (automountServiceAccountToken: true)',
  );
}

async function readAccount({ host, port, folder = ACCOUNT_FOLDER }: InCluster): Promise<KubeAccess> {
  const read = async (name: string) => {
    try {
      return (await readFile(join(folder, name), 'utf8')).trim();
    } catch (cause) {
      const remedy = 'give the pod a service account (automountServiceAccountToken: true), or pass --kubeconfig';
      throw new AppError('bad-config', `${join(folder, name)} cannot be read: ${remedy}`, { cause });
    }
  };
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    context: 'in-cluster',
    namespace: await read('namespace').catch(() => 'default'),
    credentials: async () => ({
      ca: await read('ca.crt'),
      insecure: false,
      headers: { authorization: `Bearer ${await read('token')}` },
    }),
  };
}

/** Files are not read, nor plugins run, for every request; callers at the same time share one answer. */
function keep(access: KubeAccess, clock: Clock): KubeAccess {
  let kept: { readonly untilMs: number; readonly credentials: Promise<KubeCredentials> } | undefined;
  return {
    ...access,
    credentials: (options = {}) => {
      if (kept !== undefined && options.fresh !== true && clock.nowMs() < kept.untilMs) return kept.credentials;
      const credentials = access.credentials(options);
      const entry = { untilMs: clock.nowMs() + KEEP_MS, credentials };
      kept = entry;
      credentials.catch(() => {
        if (kept === entry) kept = undefined;
      });
      return credentials;
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

export type { KubeAccess, KubeCredentials };
