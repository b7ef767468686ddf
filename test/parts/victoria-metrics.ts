// A real VictoriaMetrics (one node): takes remote writes of any age, keeps everything, and may start with a history.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type History, toImportLines } from './history.ts';
import { callHttp } from './http-call.ts';
import { type MetricServer, metricServer } from './metric-server.ts';
import { binaryOf } from './missing.ts';
import { freePort } from './ports.ts';
import { startProcess } from './process.ts';

export interface VictoriaMetricsOptions {
  readonly folder: string;
  /** Samples that it holds when this resolves. */
  readonly series?: readonly History[];
}

export async function startVictoriaMetrics({ folder, series = [] }: VictoriaMetricsOptions): Promise<MetricServer> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    name: 'VictoriaMetrics',
    command: binaryOf('victoria-metrics'),
    args: [
      ...[`-storageDataPath=${join(folder, 'data')}`, '-retentionPeriod=100y', `-httpListenAddr=127.0.0.1:${port}`],
      // By default it hides the last 30 s.
      ...['-search.latencyOffset=0s', '-loggerLevel=WARN'],
    ],
    logFile: join(folder, 'victoria-metrics.log'),
    ready: async () => (await callHttp(`${url}/health`)).status === 200,
  });
  try {
    if (series.length > 0) await importHistory(url, series);
  } catch (error) {
    await process.stop();
    throw error;
  }
  return metricServer(url, `${url}/api/v1/write`, process);
}

/** Resolves when queries see what was written. */
export async function importHistory(url: string, series: readonly History[]): Promise<void> {
  await succeed(`${url}/api/v1/import`, toImportLines(series));
  await flush(url);
}

/** Makes what was written so far visible to queries, which would take some seconds by itself. */
export async function flush(url: string): Promise<void> {
  await succeed(`${url}/internal/force_flush`);
  await succeed(`${url}/internal/resetRollupResultCache`);
}

async function succeed(url: string, body?: string): Promise<void> {
  const { status, text } = await callHttp(url, body === undefined ? {} : { method: 'POST', body, timeoutMs: 60_000 });
  if (status > 299) throw new Error(`VictoriaMetrics answered ${status} to ${url}: ${text}`);
}
