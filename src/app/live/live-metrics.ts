// Our own metrics, read when they are asked for from what each part counts by itself: nothing is counted twice. Names and
// units follow Prometheus; no label holds a name that users choose, so that the number of series is bounded.
import { Counter, Gauge, Registry } from 'prom-client';
import type { Clock } from '#kit/clock.ts';
import type { Store } from '#store/contract.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { addAlertMetrics } from './alert-metrics.ts';
import type { Alerting } from './alerting.ts';
import { CHECK_READINGS } from './check-readings.ts';
import type { CheckingStats } from './checking.ts';
import type { Cluster } from './cluster.ts';
import { addDoorMetrics, type DoorStats } from './door-metrics.ts';
import type { Observing } from './observe.ts';
import { OBSERVED_READINGS } from './observed-readings.ts';
import type { Operating } from './operate.ts';
import { addRemoteWriteMetrics } from './remote-write.ts';
import { addScrapeMetrics } from './scrape-metrics.ts';
import { addSpecFailureMetric } from './spec-failure-metrics.ts';
import { addStoreMetrics } from './store-metrics.ts';
import { addWatchMetrics } from './watch-metrics.ts';

export interface LiveMetricsOptions {
  readonly observing: Observing;
  readonly operating: Operating | undefined;
  readonly cluster: Pick<Cluster, 'pods' | 'services'>;
  readonly store: Pick<Store, 'info'>;
  readonly clock: Clock;
  /** That of the watches. */
  readonly steadyClock: Clock;
  readonly alerting: Alerting;
  readonly remoteWrite?: RemoteWrite | undefined;
  /** Of the page; undefined as long as it is not open. */
  readonly page?: () => DoorStats | undefined;
}

type Reading = readonly [name: string, help: string, read: () => number | undefined];

export function createLiveMetrics(options: LiveMetricsOptions): () => Promise<{ contentType: string; text: string }> {
  const registry = new Registry();
  for (const [name, help, read] of readings(options)) {
    if (name.endsWith('_total')) addCounter(registry, name, help, () => [[{}, read() ?? 0]]);
    else addGauge(registry, name, help, () => [[{}, read() ?? Number.NaN]]);
  }
  const { cluster, operating } = options;
  const watches = { pods: cluster.pods, services: cluster.services, ...operating?.detectors.watches };
  addWatchMetrics(registry, () => watches, options.steadyClock);
  const readStore = addStoreMetrics(registry, () => options.store);
  addAlertMetrics(registry, () => options.alerting, options.clock);
  const { remoteWrite } = options;
  if (remoteWrite !== undefined) addRemoteWriteMetrics(registry, () => remoteWrite);
  if (options.page !== undefined) addDoorMetrics(registry, 'page', options.page);
  addScrapeMetrics(registry, () => options.operating?.stats().scraper);
  addSpecFailureMetric(registry, () => options.operating?.stats().specFailures ?? []);
  return async () => {
    await readStore();
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

function readings({ observing, operating, clock }: LiveMetricsOptions): Reading[] {
  const status = () => observing.observer.status;
  const stats = () => operating?.stats();
  return [
    ['tidewatch_series', 'Series that are observed.', () => status().series],
    ['tidewatch_samples_total', 'Samples observed since the start.', () => status().samples],
    ['tidewatch_observe_queries_failing', 'Observe queries whose last try failed.', () => status().troubles.length],
    ...OBSERVED_READINGS.map(([name, help, read]): Reading => [name, help, () => read(status())]),
    [
      'tidewatch_newest_sample_age_seconds',
      'Age of the newest sample.',
      () => (clock.nowMs() - status().newestMs) / 1000,
    ],
    ['tidewatch_leader', '1 while this process holds the lease.', () => Number(stats()?.leads ?? false)],
    ...CHECK_READINGS.map(([name, help, read]): Reading => [name, help, () => whenThere(stats()?.scheduler, read)]),
    ['tidewatch_reconcile_queue_depth', 'Detectors that wait for a reconcile.', () => stats()?.queueDepth ?? 0],
    ['tidewatch_status_waiting', 'Statuses that wait to be written.', () => stats()?.status.waiting ?? 0],
    ['tidewatch_status_writes_total', 'Statuses written since the start.', () => stats()?.status.writes ?? 0],
    ['tidewatch_status_failures_total', 'Status writes that failed.', () => stats()?.status.failures ?? 0],
    ['tidewatch_events_dropped_total', 'Kubernetes events that were not sent.', () => stats()?.eventsDropped ?? 0],
  ];
}

/** 0 where nothing is checked. */
function whenThere(now: CheckingStats | undefined, read: (now: CheckingStats) => number): number {
  return now === undefined ? 0 : read(now);
}

type Values = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

function addGauge(registry: Registry, name: string, help: string, read: () => Values): void {
  new Gauge({
    ...{ name, help, registers: [registry], labelNames: ['kind'] },
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}

/** What is counted elsewhere, as it now is. */
function addCounter(registry: Registry, name: string, help: string, read: () => Values): void {
  new Counter({
    ...{ name, help, registers: [registry], labelNames: ['kind'] },
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
