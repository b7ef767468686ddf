// What a series, a span or a finding is about: a thing in the cluster with a name.
import { type Labels, SERVICE_LABEL } from './series.ts';

export type EntityKind = 'pod' | 'service' | 'node' | 'other';

export interface Entity {
  readonly kind: EntityKind;
  readonly namespace: string;
  readonly name: string;
}

/**
 * The entity a series counts to. A call from `source` to `destination` counts to the callee, whose latency it is;
 * then a pod, a service, a node; a series with none of these labels counts to `other`: a volume's claim, a job, itself.
 */
export function entityOf(labels: Labels): Entity {
  const namespace = labels.namespace ?? '';
  if (labels.destination !== undefined) return { kind: 'service', namespace, name: labels.destination };
  if (labels.pod !== undefined) return { kind: 'pod', namespace, name: labels.pod };
  if (labels.service !== undefined) return { kind: 'service', namespace, name: labels.service };
  if (labels.node !== undefined) return { kind: 'node', namespace: '', name: labels.node };
  return { kind: 'other', namespace, name: labels.persistentvolumeclaim ?? labels.job ?? labels.__name__ ?? '' };
}

/** As a Deployment names its pods: `<name>-<hash of the replica set>-<five characters>`; a StatefulSet: `<name>-<n>`. */
const POD_SUFFIX = /(-[a-z0-9]{6,10}-[a-z0-9]{5}|-\d+)$/;

/**
 * The name of the service that a series' entity belongs to: its own for a service; for a pod what the cluster says, its label, or else
 * its name without what Kubernetes put behind it; '' for what belongs to none. Without labels (`{}`) the entity's name decides.
 */
export function serviceOf(labels: Labels, entity: Entity = entityOf(labels)): string {
  if (entity.kind === 'service') return entity.name;
  if (entity.kind !== 'pod') return '';
  return labels[SERVICE_LABEL] ?? labels.service ?? entity.name.replace(POD_SUFFIX, '');
}

/** `kind/namespace/name`: unique within a cluster, and the same in URLs, store and export. */
export function entityKey(entity: Entity): string {
  return `${entity.kind}/${entity.namespace}/${entity.name}`;
}
