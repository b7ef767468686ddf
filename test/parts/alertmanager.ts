// A real Alertmanager, Debian's 0.25, that tells one webhook at once of each group, which is one alert.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callHttp, callJson } from './http-call.ts';
import { binaryOf } from './missing.ts';
import { freePort } from './ports.ts';
import { type PartProcess, startProcess } from './process.ts';

export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  readonly generatorURL: string;
  readonly status: { readonly state: string };
}

export interface Alertmanager {
  readonly url: string;
  readonly process: PartProcess;
  /** Those that fire. */
  alerts(): Promise<readonly ShownAlert[]>;
  stop(): Promise<void>;
}

export interface AlertmanagerOptions {
  /** Its data are there, and come back when it is started again. */
  readonly folder: string;
  /** Whom it tells. */
  readonly webhookUrl: string;
}

export async function startAlertmanager({ folder, webhookUrl }: AlertmanagerOptions): Promise<Alertmanager> {
  await mkdir(folder, { recursive: true });
  const config = {
    route: { receiver: 'chat', group_by: ['...'], group_wait: '1s', group_interval: '1s', repeat_interval: '4h' },
    receivers: [{ name: 'chat', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
  };
  const configFile = join(folder, 'alertmanager.yml');
  // What is JSON is YAML.
  await writeFile(configFile, JSON.stringify(config));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    name: 'Alertmanager',
    command: binaryOf('prometheus-alertmanager'),
    args: [
      ...[`--config.file=${configFile}`, `--storage.path=${join(folder, 'data')}`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
    ],
    logFile: join(folder, 'alertmanager.log'),
    ready: async () => (await callHttp(`${url}/-/ready`)).status === 200,
  });
  return {
    ...{ url, process },
    alerts: () => callJson<readonly ShownAlert[]>(`${url}/api/v2/alerts`),
    stop: () => process.stop(),
  };
}
