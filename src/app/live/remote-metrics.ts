// The operator's own figures: whether it leads, what it observes, and what waits for the keeper.
import { Counter, Gauge, Registry } from 'prom-client';
import type { Clock } from '#kit/clock.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import type { KeeperClientStats } from '#store/keeper/client.ts';
import { CHECK_READINGS } from './check-readings.ts';
import { OBSERVED_READINGS } from './observed-readings.ts';
import type { OperatingStats } from './operate.ts';
import { addScrapeMetrics } from './scrape-metrics.ts';
import { addSpecFailureMetric } from './spec-failure-metrics.ts';
import { addWatchMetrics, type Watches } from './watch-metrics.ts';

export interface RemoteReadings {
  readonly leads: boolean;
  /** Of the term; undefined while this one stands by. */
  readonly observed: ObserverStatus | undefined;
  readonly operating: OperatingStats | undefined;
  readonly keeper: KeeperClientStats | undefined;
  readonly watches: Watches;
  /** Of the term in a row; 0 when it runs well. */
  readonly termFailures: number;
  /** Since a batch was last durable, in milliseconds. */
  readonly appendAgeMs: number | undefined;
}

type Reading = readonly [name: string, help: string, read: (now: RemoteReadings) => number | undefined];

const isTotal = ([name]: Reading) => name.endsWith('_total');
const OF_OBSERVER = OBSERVED_READINGS.map(
  ([name, help, read]): Reading => [
    name,
    help,
    ({ observed }) => (observed === undefined ? undefined : read(observed)),
  ],
);
/** 0 while this one stands by. */
const CHECKS = CHECK_READINGS.map(([name, help, read]): Reading => {
  return [name, help, ({ operating }) => (operating === undefined ? 0 : read(operating.scheduler))];
});

const GAUGES: readonly Reading[] = [
  ...OF_OBSERVER.filter((reading) => !isTotal(reading)),
  ['tidewatch_leader', '1 while this process holds the lease.', ({ leads }) => Number(leads)],
  [
    'tidewatch_term_failures',
    'How often the term of this process failed in a row; 0 when it runs well.',
    ({ termFailures }) => termFailures,
  ],
  [
    'tidewatch_append_age_seconds',
    'Since a batch was last durable, at the keeper or in the spool; NaN before the first, or while another one leads.',
    ({ leads, appendAgeMs }) => (leads && appendAgeMs !== undefined ? appendAgeMs / 1000 : undefined),
  ],
  ['tidewatch_series', 'Series that are observed.', ({ observed }) => observed?.series ?? 0],
  [
    'tidewatch_observe_queries_failing',
    'Observe queries whose last try failed.',
    ({ observed }) => observed?.troubles.length ?? 0,
  ],
  ...CHECKS.filter((reading) => !isTotal(reading)),
  [
    'tidewatch_reconcile_queue_depth',
    'Detectors that wait for a reconcile.',
    ({ operating }) => operating?.queueDepth ?? 0,
  ],
  [
    'tidewatch_keeper_away',
    '1 while the keeper cannot be reached, or does not store.',
    ({ keeper }) => Number(keeper?.trouble !== undefined),
  ],
  ['tidewatch_status_waiting', 'Statuses that wait to be written.', ({ operating }) => operating?.status.waiting ?? 0],
  ['tidewatch_spool_bytes', 'Size of the spool.', ({ keeper }) => keeper?.spoolBytes ?? 0],
  ['tidewatch_spool_records', 'Batches that wait for the keeper.', ({ keeper }) => keeper?.spoolRecords ?? 0],
];

const COUNTERS: readonly Reading[] = [
  ...OF_OBSERVER.filter(isTotal),
  ['tidewatch_status_writes_total', 'Statuses written in this term.', ({ operating }) => operating?.status.writes],
  ['tidewatch_status_failures_total', 'Status writes that failed.', ({ operating }) => operating?.status.failures],
  [
    'tidewatch_status_conflicts_total',
    'Status writes that came too late.',
    ({ operating }) => operating?.status.conflicts,
  ],
  [
    'tidewatch_status_rejected_total',
    'Detectors whose status was refused again and again, until they change.',
    ({ operating }) => operating?.status.rejected,
  ],
  [
    'tidewatch_events_dropped_total',
    'Kubernetes events that were not sent.',
    ({ operating }) => operating?.eventsDropped,
  ],
  ...CHECKS.filter(isTotal),
  ['tidewatch_spool_delivered_total', 'Batches delivered from the spool.', ({ keeper }) => keeper?.delivered],
  ['tidewatch_spool_stale_total', 'Spooled batches of a writer that was replaced.', ({ keeper }) => keeper?.stale],
  ['tidewatch_spool_refused_total', 'Spooled batches that the keeper refused.', ({ keeper }) => keeper?.refused],
  ['tidewatch_spool_cut_bytes_total', 'Bytes of the spool that a crash tore.', ({ keeper }) => keeper?.cutBytes],
];

export function createRemoteMetrics(
  now: () => RemoteReadings,
  /** That of the watches. */
  steadyClock: Clock,
): () => Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = new Registry();
  const registers = [registry];
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read(now()) ?? Number.NaN);
      },
    });
  }
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(read(now()) ?? 0);
      },
    });
  }
  addScrapeMetrics(registry, () => now().operating?.scraper);
  addSpecFailureMetric(registry, () => now().operating?.specFailures ?? []);
  addWatchMetrics(registry, () => now().watches, steadyClock);
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}
