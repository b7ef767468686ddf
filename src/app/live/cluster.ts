// The cluster as everything live knows it: its client, its pods and services, and which service a pod belongs to.
import type { ServiceDirectory } from '#api/rest/replay-control.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { KubeAccess } from '#kube/access.ts';
import { CALLS } from '#kube/calls.ts';
import { createKubeClient } from '#kube/client.ts';
import type { KubeClient, Reflector, ReflectorListener } from '#kube/contract.ts';
import { matchesSelector, type PodRecord, podsOf, type ServiceRecord, toPod, toService } from '#kube/objects.ts';
import { createReflector } from '#kube/reflector.ts';
import type { Labels } from '#model/series.ts';
import { version } from '../version.ts';
import { createPodIndex } from './pod-index.ts';

export interface Cluster {
  /** What the kubeconfig calls it. */
  readonly name: string;
  readonly client: KubeClient;
  readonly pods: Reflector<PodRecord>;
  readonly services: Reflector<ServiceRecord>;
  podsIn(namespace: string): Iterable<PodRecord>;
  /** `{service}` of a pod that exactly one service chooses; else {}. */
  serviceLabels(namespace: string, pod: string): Labels;
  readonly directory: ServiceDirectory;
  /** Of the context. */
  readonly namespace: string;
  /** Rejects when the API server refuses who asks: waiting would not help. */
  refused(): Promise<never>;
  /** Told of each pod that comes, goes or changes; returns what ends it. */
  onPod(listener: (pod: PodRecord) => void): () => void;
  close(): Promise<void>;
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
  const heard = new Set<(pod: PodRecord) => void>();
  const tell = (pod: PodRecord) => {
    for (const listener of heard) listener(pod);
  };
  const podListener: ReflectorListener<PodRecord> = {
    added(pod) {
      index.put(pod);
      tell(pod);
    },
    updated(pod, before) {
      index.put(pod);
      // Most updates are of conditions and heartbeats that nobody here looks at.
      if (isChanged(pod, before)) tell(pod);
    },
    deleted(pod) {
      index.remove(pod);
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
  });
  return {
    name: access.context,
    namespace: access.namespace,
    refused: () => untilRefused([pods, services], clock),
    client,
    pods,
    services,
    podsIn: (namespace) => index.of(namespace),
    serviceLabels(namespace, name) {
      const labels = pods.get(`${namespace}/${name}`)?.labels;
      if (labels === undefined) return {};
      const chosen = [...services.list()].filter(
        (service) => service.namespace === namespace && matchesSelector(service.selector, labels),
      );
      const [only] = chosen;
      return only === undefined || chosen.length > 1 ? {} : { service: only.name };
    },
    directory: {
      find: (name) =>
        [...services.list()]
          .filter((service) => service.name === name)
          .map((service) => ({
            namespace: service.namespace,
            pods: podsOf(service, index.of(service.namespace)).map((pod) => pod.name),
          })),
    },
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

/** The API server is given this long to answer before a trouble with it ends the start. */
const PATIENCE_MS = 20_000;

async function untilRefused(watches: readonly Pick<Reflector<PodRecord>, 'status'>[], clock: Clock): Promise<never> {
  const untilMs = clock.nowMs() + PATIENCE_MS;
  for (;;) {
    await clock.sleep(500);
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
