// The keeper's own figures: what came in, how long ago, and how much is stored.
import { Counter, Gauge, Registry } from 'prom-client';
import type { Clock } from '#kit/clock.ts';
import type { Store } from '#store/contract.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { addAlertMetrics } from './alert-metrics.ts';
import type { Alerting } from './alerting.ts';
import { addDoorMetrics, type DoorStats } from './door-metrics.ts';
import { addRemoteWriteMetrics } from './remote-write.ts';
import { addStoreMetrics } from './store-metrics.ts';

export interface KeeperMetrics {
  appended(outcome: 'stored' | 'duplicate' | 'refused'): void;
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface KeeperMetricsOptions {
  readonly clock: Clock;
  /** Undefined as long as it is being opened. */
  store(): Pick<Store, 'info'> | undefined;
  reportedMs(): number | undefined;
  /** How far back the store goes at most; undefined before it is known. */
  keptMs(): number | undefined;
  /** Of the page; undefined as long as it is not open. */
  page(): DoorStats | undefined;
  /** Undefined as long as the store is being opened. */
  alerting(): Alerting | undefined;
  /** Absent without remote write. */
  readonly remoteWrite?: () => RemoteWrite | undefined;
}

export function createKeeperMetrics(options: KeeperMetricsOptions): KeeperMetrics {
  const { clock, store, reportedMs, keptMs, page, remoteWrite } = options;
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const appends = new Counter({
    ...{ name: 'tidewatch_appends_total', help: 'Batches that came in, by what became of them.' },
    ...{ labelNames: ['outcome'], registers },
  });
  for (const outcome of ['stored', 'duplicate', 'refused']) appends.inc({ outcome }, 0);
  const appendAge = gauge('tidewatch_append_age_seconds', 'Since a batch was last durable here; NaN before the first.');
  const reportAge = gauge('tidewatch_report_age_seconds', 'Since an operator last reported; NaN before the first.');
  const kept = gauge('tidewatch_store_kept_seconds', 'How far back is kept: the retention, or less in a full store.');
  const readStore = addStoreMetrics(registry, store);
  addDoorMetrics(registry, 'page', page);
  addAlertMetrics(registry, options.alerting, clock);
  if (remoteWrite !== undefined) addRemoteWriteMetrics(registry, remoteWrite);
  let storedMs: number | undefined;
  const age = (sinceMs: number | undefined) => (sinceMs === undefined ? Number.NaN : (clock.nowMs() - sinceMs) / 1000);
  return {
    appended(outcome) {
      appends.inc({ outcome });
      // What is there already is as durable as what is stored now.
      if (outcome !== 'refused') storedMs = clock.nowMs();
    },
    async read() {
      appendAge.set(age(storedMs));
      reportAge.set(age(reportedMs()));
      kept.set((keptMs() ?? Number.NaN) / 1000);
      await readStore();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
