// Which cluster this is. Contexts are names that people and tools choose: every k3s is `default`. The namespace kube-system
// lives as long as its cluster and has an id of its own; where it may not be read, the server's address and its certificate
// authority are what is left to go by.
import { createHash } from 'node:crypto';
import type { KubeAccess } from '#kube/access.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { KubeError } from '#kube/kube-error.ts';

export interface ClusterIdentity {
  /** What the kubeconfig calls it. */
  readonly name: string;
  readonly server: string;
  /** Of kube-system; absent where it may not be read. */
  readonly uid?: string;
  /** A hash of the address and the authority. */
  readonly access: string;
}

/** Rejects when the API server cannot be asked. */
export async function identifyCluster(client: KubeClient, access: KubeAccess): Promise<ClusterIdentity> {
  const { context: name, server } = access;
  const { ca = '' } = await access.credentials();
  const hash = createHash('sha256').update(`${server}\n${ca.trim()}`).digest('hex').slice(0, 32);
  const uid = await uidOf(client);
  return { name, server, access: hash, ...(uid === undefined ? {} : { uid }) };
}

/** Whether both are of one cluster: by its id where both know it. One that was set up anew at the same address is another. */
export function isSameCluster(one: ClusterIdentity, other: ClusterIdentity): boolean {
  return one.uid !== undefined && other.uid !== undefined ? one.uid === other.uid : one.access === other.access;
}

async function uidOf(client: KubeClient): Promise<string | undefined> {
  try {
    const found = await client.request<{ readonly metadata?: { readonly uid?: string } }>(CALLS.getClusterNamespace, {
      name: 'kube-system',
    });
    return found.metadata?.uid;
  } catch (error) {
    const isNo = error instanceof KubeError && [401, 403, 404].includes(error.status);
    if (isNo) return undefined;
    throw error;
  }
}
