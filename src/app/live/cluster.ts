// The cluster as everything live knows it: its client, its pods and services, and which service a pod belongs to.
import type { ServiceDirectory } from '#api/rest/replay-control.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { KubeAccess } from '#kube/access.ts';
import { CALLS } from '#kube/calls.ts';
import { createKubeClient } from '#kube/client.ts';
import type { KubeClient, Reflector, ReflectorListener } from '#kube/contract.ts';
import { type PodRecord, type ServiceRecord, toPod, toService } from '#kube/objects.ts';
import { createReflector } from '#kube/reflector.ts';
import { type Labels, SERVICE_LABEL } from '#model/series.ts';
import { version } from '../version.ts';
import { type ClusterIdentity, identifyCluster } from './cluster-identity.ts';
import { createPodIndex } from './pod-index.ts';
import { createServiceIndex, type ServiceIndex } from './service-index.ts';

export interface Cluster {
  /** What the kubeconfig calls it. */
  readonly name: string;
  readonly client: KubeClient;
  /** Asks which one it is. */
  identify(): Promise<ClusterIdentity>;
  readonly pods: Reflector<PodRecord>;
  readonly services: Reflector<ServiceRecord>;
  podsIn(namespace: string): Iterable<PodRecord>;
  /** Namespaces that have pods. */
  podNamespaces(): Iterable<string>;
  /** The service label of a pod that exactly one service chooses; else {}. */
  serviceLabels(namespace: string, pod: string): Labels;
  readonly directory: ServiceDirectory;
  /** Every service with the names of the pods that it chooses. */
  servicePods(): ServicePods[];
  /** Of the context. */
  readonly namespace: string;
  /** Rejects when the API server refuses who asks: waiting would not help. Resolves when it need not look any more. */
  refused(enough: AbortSignal): Promise<void>;
  /** Told of each pod that comes, goes or changes, and what it was before; returns what ends it. */
  onPod(listener: PodListener): () => void;
  close(): Promise<void>;
}

export type PodListener = (pod: PodRecord, before?: PodRecord) => void;

export interface ServicePods {
  readonly namespace: string;
  readonly name: string;
  readonly pods: string[];
}

export interface ClusterOptions {
  readonly access: KubeAccess;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export function openCluster({ access, clock, random, log }: ClusterOptions): Cluster {
  const client = createKubeClient(access, { clock, log, userAgent: `tidewatch/${version()}` });
  const index = createPodIndex();
  const chosen = createServiceIndex();
  const heard = new Set<PodListener>();
  const tell: PodListener = (pod, before) => {
    for (const listener of heard) listener(pod, before);
  };
  const podListener: ReflectorListener<PodRecord> = {
    added(pod) {
      index.put(pod);
      chosen.forgetPod(pod);
      tell(pod);
    },
    updated(pod, before) {
      index.put(pod);
      // Most updates are of conditions and heartbeats that nobody here looks at.
      if (!isChanged(pod, before)) return;
      chosen.forgetPod(pod);
      tell(pod, before);
    },
    deleted(pod) {
      index.remove(pod);
      chosen.forgetPod(pod);
      tell(pod);
    },
  };
  const common = { client, clock, random, log };
  const pods = createReflector<PodRecord>({
    ...common,
    ...{ list: CALLS.listPods, watch: CALLS.watchPods, project: toPod, listeners: [podListener] },
  });
  const services = createReflector<ServiceRecord>({
    ...common,
    ...{ list: CALLS.listServices, watch: CALLS.watchServices, project: toService },
    listeners: [{ added: chosen.put, updated: chosen.put, deleted: chosen.remove }],
  });
  return {
    name: access.context,
    namespace: access.namespace,
    refused: (enough) => untilRefused([pods, services], clock, enough),
    client,
    identify: () => identifyCluster(client, access),
    pods,
    services,
    podsIn: (namespace) => index.of(namespace),
    podNamespaces: () => index.namespaces(),
    serviceLabels(namespace, name) {
      const pod = pods.get(`${namespace}/${name}`);
      const [only, ...others] = pod === undefined ? [] : chosen.of(pod);
      return only === undefined || others.length > 0 ? {} : { [SERVICE_LABEL]: only };
    },
    directory: {
      find: (name) =>
        chosen.namespacesOf(name).map((namespace) => {
          const pods = [...index.of(namespace)].filter((pod) => chosen.of(pod).includes(name));
          return { namespace, pods: pods.map((pod) => pod.name) };
        }),
    },
    servicePods: () =>
      [...chosen.namespaces()].flatMap((namespace) => podsByService(namespace, chosen, index.of(namespace))),
    onPod(listener) {
      heard.add(listener);
      return () => heard.delete(listener);
    },
    async close() {
      await Promise.all([pods.stop(), services.stop()]);
      await client.close();
    },
  };
}

/** One look at each pod, however many services there are. */
function podsByService(namespace: string, services: ServiceIndex, pods: Iterable<PodRecord>): ServicePods[] {
  const names = new Map<string, string[]>([...services.in(namespace).keys()].map((name) => [name, []]));
  for (const pod of pods) for (const name of services.of(pod)) names.get(name)?.push(pod.name);
  return [...names].map(([name, chosen]) => ({ namespace, name, pods: chosen }));
}

/** The API server is given this long to answer before a trouble with it ends the start. */
const PATIENCE_MS = 20_000;

async function untilRefused(
  watches: readonly Pick<Reflector<PodRecord>, 'status'>[],
  clock: Clock,
  enough: AbortSignal,
): Promise<void> {
  const untilMs = clock.nowMs() + PATIENCE_MS;
  while (!enough.aborted) {
    await clock.sleep(500, enough);
    const trouble = watches.map((watch) => watch.status().trouble).find((one) => one !== undefined);
    if (trouble === undefined) continue;
    const isRefused = /\b(401|403)\b|may not/.test(trouble);
    if (isRefused || clock.nowMs() > untilMs) throw new AppError(isRefused ? 'forbidden' : 'unavailable', trouble);
  }
}

function isChanged(pod: PodRecord, before: PodRecord): boolean {
  return (
    pod.phase !== before.phase ||
    pod.deleting !== before.deleting ||
    JSON.stringify(pod.labels) !== JSON.stringify(before.labels)
  );
}
