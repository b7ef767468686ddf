// A real Prometheus, Debian's 2.42 or a built 3: takes remote writes, keeps everything, and may start with a history.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type History, toOpenMetrics } from './history.ts';
import { callHttp } from './http-call.ts';
import { type MetricServer, metricServer } from './metric-server.ts';
import { binaryOf } from './missing.ts';
import { freePort } from './ports.ts';
import { startProcess } from './process.ts';
import { runCommand } from './run-command.ts';

const NO_TARGETS = 'global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\n';

export type PrometheusPart = 'prometheus' | 'prometheus-3';

export interface PrometheusOptions {
  readonly folder: string;
  /** Its configuration file; none of targets and rules unless told. */
  readonly config?: string;
  /** Samples that it holds when it starts. Old ones come in no other way: written later, they are refused. */
  readonly series?: readonly History[];
  /** Which one; Debian's unless told. */
  readonly part?: PrometheusPart;
  /** The address that it listens on; loopback unless told, and a free port. */
  readonly host?: string;
  readonly port?: number;
}

export async function startPrometheus(options: PrometheusOptions): Promise<MetricServer> {
  const { folder, config = NO_TARGETS, series = [], part = 'prometheus', host = '127.0.0.1' } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, config);
  if (series.length > 0) await writeHistory(folder, toOpenMetrics(series), part);
  const port = options.port ?? (await freePort());
  const url = `http://${host}:${port}`;
  const process = await startProcess({
    name: 'Prometheus',
    command: binaryOf(part, 'prometheus'),
    args: [
      ...[`--config.file=${configFile}`, `--storage.tsdb.path=${dataFolder(folder)}`],
      ...['--storage.tsdb.retention.time=100y', `--web.listen-address=${host}:${port}`],
      ...['--web.enable-remote-write-receiver', '--web.enable-lifecycle', '--web.enable-admin-api'],
    ],
    logFile: join(folder, 'prometheus.log'),
    ready: async () => (await callHttp(`${url}/-/ready`)).status === 200,
  });
  return metricServer(url, `${url}/api/v1/write`, process);
}

/** Writes samples, given as OpenMetrics text that ends in `# EOF`, as blocks for a Prometheus to start with. */
export async function writeHistory(
  folder: string,
  openMetrics: string,
  part: PrometheusPart = 'prometheus',
): Promise<void> {
  await mkdir(dataFolder(folder), { recursive: true });
  const file = join(folder, 'history.txt');
  await writeFile(file, openMetrics);
  // Blocks of two hours, as by default, would take minutes.
  const create = ['tsdb', 'create-blocks-from', '--max-block-duration=17520h', 'openmetrics'];
  await runCommand(binaryOf(part, 'promtool'), [...create, file, dataFolder(folder)]);
  await rm(file);
}

function dataFolder(folder: string): string {
  return join(folder, 'data');
}
