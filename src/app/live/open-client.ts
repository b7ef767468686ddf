// Which cluster a command talks to, and as whom.
import { homedir } from 'node:os';
import { systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { KubeAccess } from '#kube/access.ts';
import { createKubeClient } from '#kube/client.ts';
import { inClusterOf, readKubeAccess } from '#kube/config.ts';
import type { KubeClient } from '#kube/contract.ts';
import { version } from '../version.ts';

/** As the options `--kubeconfig` and `--context` say. */
export interface AccessChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** By the named kubeconfig, else the one at home, else the account of this pod; rejects with what to do. */
export async function readAccess({ kubeconfig, context }: AccessChoice): Promise<KubeAccess> {
  const inCluster = inClusterOf(process.env);
  return readKubeAccess({
    ...{ clock: systemClock, home: homedir() },
    ...(inCluster && { inCluster }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
}

/** Calls in this program's name; to be closed by whoever opens it. */
export function openClient(access: KubeAccess, log: Log): KubeClient {
  return createKubeClient(access, { clock: systemClock, log, userAgent: `tidewatch/${version()}` });
}
