// Has the pods of a detector scraped when their metric is absent and they declare a metrics port (D4). With the Prometheus
// Operator it is a PodMonitor that the detector owns, so that it goes with it; without, and where pods are chosen by who made
// them, which no PodMonitor can, the pods are told to a Prometheus that asks for them (http_sd). Never while the metric is
// there: scraped twice, every sample would come twice.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { hasStatus } from '#kube/kube-error.ts';
import type { ContainerPort, PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from './detector-record.ts';
import { createRefusals, isRefusal, MOST_REFUSALS, type Refused } from './refusals.ts';

export interface ScrapeTarget {
  readonly address: string;
  readonly path: string;
  readonly namespace: string;
  readonly pod: string;
}

export interface ScrapeConfig {
  /** The metric of these pods is absent: once for each spec of a detector, and again after a while when it stays so. */
  want(record: DetectorRecord, namespace: string, pods: readonly PodRecord[]): Promise<void>;
  forget(uid: string): void;
  /** What a Prometheus without the operator should scrape, for as long as their detectors are there. */
  targets(podsOf: (record: DetectorRecord) => Iterable<PodRecord>): readonly ScrapeTarget[];
}

export interface ScrapeConfigOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly mayWrite: () => boolean;
}

/** While the metric stays absent it is looked at again after this: a try may have failed, or somebody deleted what was made. */
const AGAIN_MS = 600_000;
/** Of a name, which has at most 253, and the rest is a dash and eight of the uid. */
const MOST_LETTERS = 244;
const METRICS_PORT = /^(http-)?(metrics|prom|prometheus)(-.*)?$|-metrics$/;

type Known = { readonly record: DetectorRecord; readonly by: 'pod-monitor' | 'http-sd'; readonly untilMs: number };

export function createScrapeConfig({ client, clock, log, mayWrite }: ScrapeConfigOptions): ScrapeConfig {
  /** By the detector's uid and its pods' namespace. */
  const known = new Map<string, Map<string, Known>>();
  const refusals = createRefusals();

  /** What it makes bears the uid in its name: when it is there already it is this very detector's. */
  async function create(
    record: DetectorRecord,
    namespace: string,
    port: MetricsPort,
    isWritten: boolean,
  ): Promise<Known['by'] | 'rejected'> {
    try {
      const body = podMonitorOf(record, namespace, port);
      await client.request(CALLS.createPodMonitor, { namespace }, { body }).catch(async (error) => {
        if (!hasStatus(error, 409)) throw error;
        // From before a restart it may be of an older spec.
        if (!isWritten) await patch(client, record.uid, body);
      });
      return 'pod-monitor';
    } catch (error) {
      if (!hasStatus(error, 404)) log.warn({ err: error, detector: record.name }, 'a PodMonitor could not be created');
      return isRejected(record, namespace, error as Refused) ? 'rejected' : 'http-sd';
    }
  }

  /** Refused so often for what it says: it is not sent again before the detector changes. */
  function isRejected({ uid, generation }: DetectorRecord, namespace: string, error: Refused): boolean {
    const times = refusals.count(`${uid}/${namespace}`, `${generation} ${error.message}`);
    return isRefusal(error) && times >= MOST_REFUSALS;
  }

  return {
    async want(record, namespace, pods) {
      const of = known.get(record.uid) ?? new Map<string, Known>();
      const before = of.get(namespace);
      const isOfThisSpec = before?.record.generation === record.generation;
      if (before !== undefined && isOfThisSpec && clock.nowMs() < before.untilMs) return;
      const port = pods.map(metricsPortOf).find((one) => one !== undefined);
      if (port === undefined || !mayWrite()) return;
      if (record.watch?.pods.owner !== undefined) {
        known.set(record.uid, of.set(namespace, { record, by: 'http-sd', untilMs: Number.POSITIVE_INFINITY }));
        return;
      }
      // Before the call, so that the next check does not call as well.
      known.set(record.uid, of.set(namespace, { record, by: 'http-sd', untilMs: clock.nowMs() + AGAIN_MS }));
      const made = await create(record, namespace, port, isOfThisSpec && before?.by === 'pod-monitor');
      const untilMs = made === 'rejected' ? Number.POSITIVE_INFINITY : clock.nowMs() + AGAIN_MS;
      of.set(namespace, { record, by: made === 'pod-monitor' ? made : 'http-sd', untilMs });
    },
    forget(uid) {
      for (const namespace of known.get(uid)?.keys() ?? []) refusals.forget(`${uid}/${namespace}`);
      known.delete(uid);
    },
    targets: (podsOf) =>
      [...known.values()].flatMap((of) =>
        [...of]
          .filter(([, { by }]) => by === 'http-sd')
          .flatMap(([namespace, { record }]) =>
            [...podsOf(record)].flatMap((pod) => (pod.namespace === namespace ? (targetOf(pod) ?? []) : [])),
          ),
      ),
  };
}

interface MetricsPort {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly scheme: 'http' | 'https';
}

/** The port that a pod declares for its metrics: by its annotations, or by the name of a container's port. */
export function metricsPortOf(pod: Pick<PodRecord, 'annotations' | 'containerPorts'>): MetricsPort | undefined {
  const { 'prometheus.io/scrape': scrape, 'prometheus.io/port': number, 'prometheus.io/path': path } = pod.annotations;
  const scheme = pod.annotations['prometheus.io/scheme'] === 'https' ? 'https' : 'http';
  if (scrape === 'false') return undefined;
  const isNamed = ({ name }: ContainerPort) => METRICS_PORT.test(name);
  const isAnnotated = ({ port }: ContainerPort) => number !== undefined && String(port) === number;
  const found = pod.containerPorts.find(isAnnotated) ?? pod.containerPorts.find(isNamed);
  if (found === undefined || found.protocol !== 'TCP') return undefined;
  return { name: found.name, port: found.port, path: path ?? '/metrics', scheme };
}

/** Where a pod's metrics are; undefined when it declares no port, has ended, or has no address (any more). */
export function endpointOf(pod: PodRecord): (MetricsPort & { readonly ip: string }) | undefined {
  const port = metricsPortOf(pod);
  // The address of one that has ended may be another pod's by now.
  const isOver = pod.deleting || pod.phase === 'Succeeded' || pod.phase === 'Failed';
  return port === undefined || pod.ip === '' || isOver ? undefined : { ...port, ip: pod.ip };
}

function targetOf(pod: PodRecord): ScrapeTarget | undefined {
  const endpoint = endpointOf(pod);
  if (endpoint === undefined) return undefined;
  const { ip, port, path } = endpoint;
  return { address: `${ip.includes(':') ? `[${ip}]` : ip}:${port}`, path, namespace: pod.namespace, pod: pod.name };
}

/** All of its spec, where it is the detector's own: a merge would keep labels that the selector has no more. */
async function patch(client: KubeClient, uid: string, { metadata, spec }: PodMonitor): Promise<void> {
  const body = [
    { op: 'test', path: '/metadata/ownerReferences/0/uid', value: uid },
    { op: 'replace', path: '/spec', value: spec },
  ];
  const contentType = 'application/json-patch+json';
  const { namespace, name } = metadata;
  await client.request(CALLS.patchPodMonitor, { namespace, name }, { body, contentType });
}

type PodMonitor = ReturnType<typeof podMonitorOf>;

function selectorOf({ watch }: DetectorRecord) {
  const { labels = {}, expressions = [] } = watch?.pods ?? {};
  return { matchLabels: labels, ...(expressions.length > 0 && { matchExpressions: expressions }) };
}

function podMonitorOf(record: DetectorRecord, namespace: string, { name, port, path }: MetricsPort) {
  const { uid, apiVersion, kind } = record;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      name: `${`tidewatch-${record.name}`.slice(0, MOST_LETTERS)}-${uid.slice(0, 8)}`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'tidewatch' },
      ownerReferences: [{ apiVersion, kind, name: record.name, uid, controller: true }],
    },
    spec: {
      selector: selectorOf(record),
      podMetricsEndpoints: [{ ...(name === '' ? { portNumber: port } : { port: name }), path, interval: '30s' }],
    },
  };
}
