// The pods of the namespaces that a detector looks into.
import type { PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from '#operator/detector-record.ts';
import { looksInto } from '#operator/watch.ts';
import type { Cluster } from './cluster.ts';

export type PodSource = Pick<Cluster, 'podsIn' | 'podNamespaces'>;

export function* podsFor(cluster: PodSource, { namespace: own, watch }: DetectorRecord): Generator<PodRecord> {
  if (watch === undefined) return;
  const where = watch.namespaces === undefined ? [own] : cluster.podNamespaces();
  for (const namespace of where) if (looksInto(watch, own, namespace)) yield* cluster.podsIn(namespace);
}
