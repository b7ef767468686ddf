// A cluster whose detectors are of another API group than ours.
import { DETECTOR_GROUP } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import type { Cluster } from './cluster.ts';

/** The same cluster, where every call of a detector names its own group. */
export function inGroup(cluster: Cluster, group: string): Cluster {
  return group === DETECTOR_GROUP ? cluster : { ...cluster, client: clientInGroup(cluster.client, group) };
}

/** The same client, where every call of a detector names its own group. */
export function clientInGroup(client: KubeClient, group: string): KubeClient {
  if (group === DETECTOR_GROUP) return client;
  return {
    server: client.server,
    request: (call, target, request) =>
      client.request(call.group === DETECTOR_GROUP ? { ...call, group } : call, target, request),
    stream: (call, target, request) =>
      client.stream(call.group === DETECTOR_GROUP ? { ...call, group } : call, target, request),
    close: () => client.close(),
  };
}
