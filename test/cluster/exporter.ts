// What Prometheus scrapes in these tests: one exporter that speaks for every pod of the cluster, as cAdvisor does, with
// values that a test can change. The same function gives the history from before the start.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { History } from '../parts/history.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Measured {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: Labels;
  /** The value at a time. */
  at(timeMs: number): number;
}

export interface Exporter {
  readonly address: string;
  /** Replaces what is exposed. */
  expose(measured: readonly Measured[]): void;
  stop(): Promise<void>;
}

export async function startExporter(): Promise<Exporter> {
  let exposed: readonly Measured[] = [];
  const server = createServer((_, response) => {
    const nowMs = Date.now();
    const lines = exposed.map(({ name, labels, at }) => `${name}{${labelText(labels)}} ${at(nowMs)}\n`);
    const types = new Map(exposed.map(({ name, type }) => [name, type]));
    const head = Array.from(types, ([name, type]) => `# TYPE ${name} ${type}\n`);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end([...head, ...lines.sort()].join(''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}`,
    expose(measured) {
      exposed = measured;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Scrapes the exporter, whose labels are the pods' own. */
export function scrapeConfig(address: string, intervalSeconds = 5): string {
  return `global:
  scrape_interval: ${intervalSeconds}s
  evaluation_interval: ${intervalSeconds}s
scrape_configs:
  - job_name: pods
    honor_labels: true
    static_configs:
      - targets: ['${address}']
`;
}

/** What Prometheus would have of it from `startMs` to `endMs`: with the labels of the scrape, so that it is the same series. */
export function historyOf(
  measured: readonly Measured[],
  address: string,
  startMs: number,
  endMs: number,
  stepMs: number,
): History[] {
  const count = Math.floor((endMs - startMs) / stepMs);
  return measured.map(({ name, labels, at }) => ({
    labels: { __name__: name, ...labels, instance: address, job: 'pods' },
    startMs,
    stepMs,
    values: Float64Array.from({ length: count }, (_, index) => at(startMs + index * stepMs)),
  }));
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}
