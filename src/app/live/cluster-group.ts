// A cluster whose detectors are of another API group than ours.
import { DETECTOR_GROUP } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import type { Cluster } from './cluster.ts';

/** The same cluster, where every call of a detector names its own group. */
export function inGroup(cluster: Cluster, group: string): Cluster {
  if (group === DETECTOR_GROUP) return cluster;
  const { client } = cluster;
  const renamed: KubeClient = {
    server: client.server,
    request: (call, target, request) =>
      client.request(call.group === DETECTOR_GROUP ? { ...call, group } : call, target, request),
    stream: (call, target, request) =>
      client.stream(call.group === DETECTOR_GROUP ? { ...call, group } : call, target, request),
    close: () => client.close(),
  };
  return { ...cluster, client: renamed };
}
