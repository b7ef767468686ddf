// /metrics of keeper and run when something of them fails: it is then that somebody looks.
import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { createKeeperMetrics } from './keeper-metrics.ts';
import { createLiveMetrics, type LiveMetricsOptions } from './live-metrics.ts';

const T0 = 1_760_000_000_000;
const INFO = { path: '', sizeBytes: 10, schemaVersion: 1, epoch: 3, tracks: 0, scores: 20, findings: 30 };
const broken = { info: () => Promise.reject(new AppError('store-corrupt', 'it is damaged')) };

function figures(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
}

const stats: ReturnType<RemoteWrite['stats']> = {
  ...{ sentSamples: 5, refusedSamples: 0, damagedPoints: 0, requests: 1, lagSeconds: 0, failures: {} },
  trouble: undefined,
} as ReturnType<RemoteWrite['stats']>;
const remote = { stats: () => stats, outbox: () => Promise.reject(new Error('away')) } as unknown as RemoteWrite;

function open(store: Parameters<typeof createKeeperMetrics>[0]['store']) {
  const clock = { ms: T0, nowMs: () => clock.ms, sleep: () => new Promise<void>(() => {}) };
  const metrics = createKeeperMetrics({
    ...{
      clock,
      store,
      reportedMs: () => T0 - 1000,
      keptMs: () => 3_600_000,
      page: () => undefined,
      alerting: () => undefined,
      remoteWrite: () => remote,
    },
  });
  return { clock, metrics, read: async () => figures((await metrics.read()).text) };
}

test('a store that does not answer takes no figure but its own away', async () => {
  const { metrics, read } = open(() => broken);
  metrics.appended('refused');
  expect(await read()).toMatchObject({
    tidewatch_store_up: '0',
    tidewatch_store_bytes: 'Nan',
    'tidewatch_appends_total{outcome="refused"}': '1',
    tidewatch_report_age_seconds: '1',
    tidewatch_remote_write_samples_total: '5',
    tidewatch_remote_write_waiting: 'Nan',
  });
});

test('it is told when it answers again', async () => {
  let store: { info(): Promise<typeof INFO> } | undefined;
  const { read } = open(() => store);
  expect(await read()).toMatchObject({ tidewatch_store_up: '0' });
  store = { info: async () => INFO };
  expect(await read()).toMatchObject({
    tidewatch_store_up: '1',
    tidewatch_store_bytes: '10',
    tidewatch_store_scores: '20',
    tidewatch_store_findings: '30',
    tidewatch_store_kept_seconds: '3600',
  });
});

test('a batch that was there already is as good as one that was stored now', async () => {
  const { clock, metrics, read } = open(() => broken);
  expect(await read()).toMatchObject({ tidewatch_append_age_seconds: 'Nan' });
  metrics.appended('stored');
  clock.ms += 60_000;
  expect(await read()).toMatchObject({ tidewatch_append_age_seconds: '60' });
  metrics.appended('duplicate');
  expect(await read()).toMatchObject({ tidewatch_append_age_seconds: '0' });
  clock.ms += 30_000;
  metrics.appended('refused');
  expect(await read()).toMatchObject({ tidewatch_append_age_seconds: '30' });
});

test('run tells its other figures, too', async () => {
  const watch = { status: () => ({ lastProgressMs: T0, retries: 1, lists: 2, quarantined: 3 }) };
  const status = {
    ...{ series: 7, samples: 8, troubles: [], newestMs: T0, warming: false, late: 0, skippedSteps: 0 },
    ...{ clock: { skewMs: 0, aheadRounds: 0 }, dropped: { outOfOrder: 0, unknownSeries: 0 } },
  };
  const clock = { nowMs: () => T0 };
  const options = {
    ...{ observing: { observer: { status } }, operating: undefined, cluster: { pods: watch, services: watch } },
    ...{ store: broken, clock, steadyClock: clock, remoteWrite: remote },
  };
  const read = createLiveMetrics(options as unknown as LiveMetricsOptions);
  expect(figures((await read()).text)).toMatchObject({
    tidewatch_store_up: '0',
    tidewatch_series: '7',
    'tidewatch_watch_retries_total{kind="pods"}': '1',
  });
});
