// What is kept of pods and services: a few fields each, so that a hundred thousand pods fit into memory. The raw object,
// which is twenty times as large, is let go at once.
import type { KubeRecord, Labels } from './contract.ts';
import { identityOf } from './raw-object.ts';

export interface ContainerPort {
  readonly container: string;
  /** '' when it has none. */
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

export interface PodRecord extends KubeRecord {
  readonly labels: Labels;
  /** '' as long as it is not scheduled. */
  readonly nodeName: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`; '' when it is not known. */
  readonly phase: string;
  readonly ip: string;
  readonly ready: boolean;
  readonly deleting: boolean;
  /** Who made it and keeps it. */
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
  readonly containerPorts: readonly ContainerPort[];
  /** Only those that say how it is scraped: `prometheus.io/…`. */
  readonly annotations: Labels;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** The number or the name of a container's port. */
  readonly targetPort: number | string;
}

export interface ServiceRecord extends KubeRecord {
  readonly labels: Labels;
  /** Empty when it chooses no pods by itself. */
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  /** `None` for a headless one; '' for an external name. */
  readonly clusterIP: string;
}

interface RawPod {
  readonly metadata: {
    readonly labels?: Labels;
    readonly annotations?: Labels;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { kind: string; name: string; controller?: boolean }[];
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly {
      readonly name: string;
      readonly ports?: readonly { name?: string; containerPort: number; protocol?: string }[];
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Throws when it is no object of the API server. */
export function toPod(object: unknown): PodRecord {
  const { uid, namespace, name, resourceVersion } = identityOf(object);
  const { metadata, spec, status } = object as RawPod;
  const { labels = {}, annotations = {}, ownerReferences = [], deletionTimestamp } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return {
    ...{ uid, namespace, name, resourceVersion, labels },
    nodeName: spec?.nodeName ?? '',
    phase: status?.phase ?? '',
    ip: status?.podIP ?? '',
    ready: status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
    deleting: deletionTimestamp !== undefined,
    owner: owner === undefined ? undefined : { kind: owner.kind, name: owner.name },
    containerPorts: (spec?.containers ?? []).flatMap(({ name: container, ports = [] }) =>
      ports.map((port) => ({
        ...{ container, name: port.name ?? '', port: port.containerPort, protocol: port.protocol ?? 'TCP' },
      })),
    ),
    annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => key.startsWith('prometheus.io/'))),
  };
}

interface RawService {
  readonly metadata: { readonly labels?: Labels };
  readonly spec?: {
    readonly selector?: Labels;
    readonly clusterIP?: string;
    readonly ports?: readonly { name?: string; port: number; targetPort?: number | string }[];
  };
}

/** Throws when it is no object of the API server. */
export function toService(object: unknown): ServiceRecord {
  const { uid, namespace, name, resourceVersion } = identityOf(object);
  const { metadata, spec } = object as RawService;
  return {
    ...{ uid, namespace, name, resourceVersion },
    labels: metadata.labels ?? {},
    selector: spec?.selector ?? {},
    ports: (spec?.ports ?? []).map((port) => ({
      ...{ name: port.name ?? '', port: port.port, targetPort: port.targetPort ?? port.port },
    })),
    clusterIP: spec?.clusterIP ?? '',
  };
}

/** Whether the labels hold every pair of the selector. An empty selector matches nothing, as a service's does. */
export function matchesSelector(selector: Labels, labels: Labels): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
