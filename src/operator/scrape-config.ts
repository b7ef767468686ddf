// Has the pods of a detector scraped when their metric is absent and they declare a metrics port (D4). With the Prometheus
// Operator it is a PodMonitor that the detector owns, so that it goes with it; without, the pods are told to a Prometheus
// that asks for them (http_sd). Never while the metric is there: scraped twice, every sample would come twice.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { hasStatus } from '#kube/kube-error.ts';
import type { ContainerPort, PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from './detector-record.ts';

export interface ScrapeTarget {
  readonly address: string;
  readonly path: string;
  readonly namespace: string;
  readonly pod: string;
}

export interface ScrapeConfig {
  /** The metric of these pods is absent: once for each detector, and again after a while when it failed. */
  want(record: DetectorRecord, pods: readonly PodRecord[]): Promise<void>;
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

/** A failed try, or a cluster without the Prometheus Operator, is looked at again after this. */
const AGAIN_MS = 600_000;
const METRICS_PORT = /^(http-)?(metrics|prom|prometheus)(-.*)?$|-metrics$/;

type Known = { readonly record: DetectorRecord; readonly by: 'pod-monitor' | 'http-sd'; readonly untilMs: number };

export function createScrapeConfig({ client, clock, log, mayWrite }: ScrapeConfigOptions): ScrapeConfig {
  const known = new Map<string, Known>();

  async function create(record: DetectorRecord, port: MetricsPort): Promise<Known['by']> {
    const { namespace } = record;
    try {
      await client.request(CALLS.createPodMonitor, { namespace }, { body: podMonitorOf(record, port) });
      return 'pod-monitor';
    } catch (error) {
      // It is there from before a restart.
      if (hasStatus(error, 409)) return 'pod-monitor';
      if (!hasStatus(error, 404)) log.warn({ err: error, detector: record.name }, 'a PodMonitor could not be created');
      return 'http-sd';
    }
  }

  return {
    async want(record, pods) {
      const before = known.get(record.uid);
      if (before !== undefined && clock.nowMs() < before.untilMs) return;
      const port = pods.map(metricsPortOf).find((one) => one !== undefined);
      if (port === undefined || !mayWrite()) return;
      // Before the call, so that the next check does not call as well.
      known.set(record.uid, { record, by: 'http-sd', untilMs: clock.nowMs() + AGAIN_MS });
      const by = await create(record, port);
      const untilMs = by === 'pod-monitor' ? Number.POSITIVE_INFINITY : clock.nowMs() + AGAIN_MS;
      if (known.has(record.uid)) known.set(record.uid, { record, by, untilMs });
    },
    forget: (uid) => known.delete(uid),
    targets: (podsOf) =>
      [...known.values()]
        .filter(({ by }) => by === 'http-sd')
        .flatMap(({ record }) => [...podsOf(record)].flatMap((pod) => targetOf(pod) ?? [])),
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

/** Where a pod's metrics are; undefined when it declares no port, or has no address (any more). */
export function endpointOf(pod: PodRecord): (MetricsPort & { readonly ip: string }) | undefined {
  const port = metricsPortOf(pod);
  return port === undefined || pod.ip === '' || pod.deleting ? undefined : { ...port, ip: pod.ip };
}

function targetOf(pod: PodRecord): ScrapeTarget | undefined {
  const endpoint = endpointOf(pod);
  if (endpoint === undefined) return undefined;
  const { ip, port, path } = endpoint;
  return { address: `${ip.includes(':') ? `[${ip}]` : ip}:${port}`, path, namespace: pod.namespace, pod: pod.name };
}

function podMonitorOf(record: DetectorRecord, { name, port, path }: MetricsPort): object {
  const { namespace, uid, apiVersion } = record;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      name: `tidewatch-${record.name}`.slice(0, 253),
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'tidewatch' },
      ownerReferences: [{ apiVersion, kind: 'AnomalyDetector', name: record.name, uid, controller: true }],
    },
    spec: {
      selector: { matchLabels: record.plan?.selector ?? {} },
      podMetricsEndpoints: [{ ...(name === '' ? { portNumber: port } : { port: name }), path, interval: '30s' }],
    },
  };
}
