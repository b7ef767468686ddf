// The cluster of a kubeconfig with its pods and services known, for a command that only reads.
import { systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { DETECTOR_GROUP } from '#kube/calls.ts';
import type { KubeRole } from '#kube/contract.ts';
import type { Progress } from '../progress.ts';
import type { ClusterChoice } from '../record-options.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { inGroup } from './cluster-group.ts';
import { holdLog } from './held-log.ts';
import { callsOf, withAllMissing } from './missing-rights.ts';
import { readAccess } from './open-client.ts';

export interface ConnectDeps {
  /** As whom it calls: what is missing of their rights is told together. */
  readonly roles: readonly KubeRole[];
  readonly random: () => number;
  readonly log: Log;
  readonly say: Progress;
}

/** Rejects with what the API server said when it refuses or does not answer. */
export async function connectCluster(
  choice: Partial<Pick<ClusterChoice, 'kubeconfig' | 'context' | 'group' | 'prometheus'>> & {
    readonly namespace?: string;
  },
  { roles, random, log, say }: ConnectDeps,
): Promise<Cluster> {
  const access = await readAccess(choice);
  const { group = DETECTOR_GROUP } = choice;
  const held = holdLog(log);
  const opened = openCluster({ access, clock: systemClock, random, log: held.log });
  const cluster = inGroup(opened, group);
  cluster.pods.start();
  cluster.services.start();
  say.update(`Cluster   ${access.context} at ${access.server} …`);
  const enough = new AbortController();
  try {
    const synced = Promise.all([cluster.pods.synced(), cluster.services.synced()]);
    await Promise.race([synced, cluster.refused(enough.signal)]);
    held.letGo();
  } catch (error) {
    const calls = callsOf(roles, { isProxied: choice.prometheus === undefined });
    const namespace = choice.namespace ?? access.namespace;
    const told = await withAllMissing(error, cluster.client, { calls, namespace, group });
    await cluster.close();
    throw told;
  } finally {
    enough.abort();
  }
  const { size: pods } = cluster.pods;
  say.line(`Cluster   ${access.context} at ${access.server}: ${pods} pods, ${cluster.services.size} services`);
  return cluster;
}
