// The keeper's own figures: what came in, how long ago, and how much is stored.
import { Counter, Gauge, Registry } from 'prom-client';
import type { Clock } from '#kit/clock.ts';
import type { Store } from '#store/contract.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { addRemoteWriteMetrics } from './remote-write.ts';

export interface KeeperMetrics {
  appended(outcome: 'stored' | 'duplicate' | 'refused'): void;
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface KeeperMetricsOptions {
  readonly clock: Clock;
  /** Undefined as long as it is being opened. */
  store(): Pick<Store, 'info'> | undefined;
  reportedMs(): number | undefined;
  /** Absent without remote write. */
  readonly remoteWrite?: () => RemoteWrite | undefined;
}

export function createKeeperMetrics({ clock, store, reportedMs, remoteWrite }: KeeperMetricsOptions): KeeperMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const appends = new Counter({
    ...{ name: 'tidewatch_appends_total', help: 'Batches that came in, by what became of them.' },
    ...{ labelNames: ['outcome'], registers },
  });
  for (const outcome of ['stored', 'duplicate', 'refused']) appends.inc({ outcome }, 0);
  const appendAge = gauge('tidewatch_append_age_seconds', 'Since the last batch was stored; NaN before the first.');
  const reportAge = gauge('tidewatch_report_age_seconds', 'Since an operator last reported; NaN before the first.');
  const size = gauge('tidewatch_store_bytes', 'Size of the store.');
  const scores = gauge('tidewatch_store_scores', 'Scores stored.');
  const findings = gauge('tidewatch_store_findings', 'Findings stored.');
  if (remoteWrite !== undefined) addRemoteWriteMetrics(registry, remoteWrite);
  let storedMs: number | undefined;
  const age = (sinceMs: number | undefined) => (sinceMs === undefined ? Number.NaN : (clock.nowMs() - sinceMs) / 1000);
  return {
    appended(outcome) {
      appends.inc({ outcome });
      if (outcome === 'stored') storedMs = clock.nowMs();
    },
    async read() {
      appendAge.set(age(storedMs));
      reportAge.set(age(reportedMs()));
      const info = await store()?.info();
      if (info !== undefined) {
        size.set(info.sizeBytes);
        scores.set(info.scores);
        findings.set(info.findings);
      }
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
