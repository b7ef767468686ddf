// Pods by namespace, so that a detector looks through its own namespace and not through the cluster.
import type { PodRecord } from '#kube/objects.ts';

export interface PodIndex {
  put(pod: PodRecord): void;
  remove(pod: PodRecord): void;
  of(namespace: string): Iterable<PodRecord>;
  /** Those that have pods. */
  namespaces(): Iterable<string>;
}

export function createPodIndex(): PodIndex {
  const byNamespace = new Map<string, Map<string, PodRecord>>();
  return {
    put(pod) {
      const pods = byNamespace.get(pod.namespace) ?? new Map<string, PodRecord>();
      byNamespace.set(pod.namespace, pods.set(pod.name, pod));
    },
    remove(pod) {
      const pods = byNamespace.get(pod.namespace);
      // A pod of the same name may be there already.
      if (pods?.get(pod.name)?.uid === pod.uid) pods.delete(pod.name);
      if (pods?.size === 0) byNamespace.delete(pod.namespace);
    },
    of: (namespace) => byNamespace.get(namespace)?.values() ?? [],
    namespaces: () => byNamespace.keys(),
  };
}
