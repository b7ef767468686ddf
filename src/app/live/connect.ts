// The cluster of a kubeconfig with its pods and services known, for a command that only reads.
import { homedir } from 'node:os';
import { systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { inClusterOf, readKubeAccess } from '#kube/config.ts';
import type { Progress } from '../progress.ts';
import type { ClusterChoice } from '../record-options.ts';
import { type Cluster, openCluster } from './cluster.ts';

export interface ConnectDeps {
  readonly random: () => number;
  readonly log: Log;
  readonly say: Progress;
}

/** Rejects with what the API server said when it refuses or does not answer. */
export async function connectCluster(
  choice: Pick<ClusterChoice, 'kubeconfig' | 'context'>,
  { random, log, say }: ConnectDeps,
): Promise<Cluster> {
  const inCluster = inClusterOf(process.env);
  const access = await readKubeAccess({
    clock: systemClock,
    home: homedir(),
    ...(inCluster === undefined ? {} : { inCluster }),
    ...(choice.kubeconfig === undefined ? {} : { kubeconfig: choice.kubeconfig }),
    ...(choice.context === undefined ? {} : { context: choice.context }),
  });
  const cluster = openCluster({ access, clock: systemClock, random, log });
  cluster.pods.start();
  cluster.services.start();
  say.update(`Cluster   ${access.context} at ${access.server} …`);
  const enough = new AbortController();
  try {
    const synced = Promise.all([cluster.pods.synced(), cluster.services.synced()]);
    await Promise.race([synced, cluster.refused(enough.signal)]);
  } catch (error) {
    await cluster.close();
    throw error;
  } finally {
    enough.abort();
  }
  const { size: pods } = cluster.pods;
  say.line(`Cluster   ${access.context} at ${access.server}: ${pods} pods, ${cluster.services.size} services`);
  return cluster;
}
