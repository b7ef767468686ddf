// A keeper that is killed and started again over one folder, and sends on to a Prometheus that is there all the time, by a
// relay that knows what came twice.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { AppendBatch, AppendResult } from '#store/contract.ts';
import { createKeeperClient, type KeeperClient } from '#store/keeper/client.ts';
import { metric } from '../cluster/roles/pages.ts';
import { type Running, start } from '../fixtures/command.ts';
import { type Decoded, decodeV1 } from '../fixtures/remote-write-body.ts';
import type { MetricServer } from '../parts/metric-server.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import type { Difference } from './append-batches.ts';

export interface CrashingKeeper {
  readonly data: string;
  readonly appendPort: number;
  start(): Promise<ChildProcess>;
  kill(): Promise<void>;
  /** Rejects when it is killed meanwhile. */
  append(batch: AppendBatch): Promise<AppendResult>;
  untilSent(): Promise<void>;
  /** What Prometheus has, beside what it should: `pod time value` of the points' values. */
  received(wanted: ReadonlySet<string>): Promise<Difference>;
}

export async function createCrashingKeeper(folder: string, ending: AsyncDisposableStack): Promise<CrashingKeeper> {
  const prometheus = await startPrometheus({ folder: join(folder, 'prometheus') });
  ending.defer(() => prometheus.stop());
  const relay = await startRelay(prometheus.writeUrl);
  ending.defer(() => relay.stop());
  const [appendPort = 0, page = 0, health = 0] = await freePorts(3);
  const data = join(folder, 'keeper');
  const args = [
    ...['keeper', `--data=${data}`, `--append-port=${appendPort}`, `--page-port=${page}`],
    ...['--health-host=127.0.0.1', `--health-port=${health}`],
    ...[`--remote-write=${relay.url}`, '--remote-write-version=1'],
  ];
  let running: Running | undefined;
  let client: KeeperClient | undefined;
  const keeper: CrashingKeeper = {
    ...{ data, appendPort },
    async start() {
      await client?.close();
      running = start(args);
      dieTogether(running.process);
      await running.printed(/Operators +\S+/);
      client = await createKeeperClient({
        ...{ address: `http://127.0.0.1:${appendPort}`, maxSpoolBytes: 0 },
        ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
      });
      return running.process;
    },
    async kill() {
      const { process } = running ?? {};
      if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
      const ended = once(process, 'close');
      process.kill('SIGKILL');
      await ended;
    },
    append: (batch) => client?.append(batch) ?? Promise.reject(new Error('it was not started')),
    async untilSent() {
      const waiting = () => metric(`http://127.0.0.1:${health}`, 'tidewatch_remote_write_waiting');
      await waitUntil('the keeper to have sent all', async () => (await waiting()) === 0);
    },
    received: (wanted) => compareReceived(prometheus, wanted, relay.changed()),
  };
  ending.defer(() => keeper.kill());
  ending.defer(async () => client?.close());
  return keeper;
}

/** Passes writes on; counts samples that came again and were not the same, and requests that were not taken. */
async function startRelay(target: string) {
  const known = new Map<string, number>();
  let changed = 0;
  const note = ({ labels, samples }: Decoded): void => {
    for (const [timeMs = Number.NaN, value = Number.NaN] of samples) {
      const key = `${JSON.stringify(labels)} ${timeMs}`;
      if (!Object.is(known.get(key) ?? value, value)) changed++;
      known.set(key, value);
    }
  };
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const headers = Object.entries(incoming.headers).filter(([name]) =>
      /^(content-(type|encoding)|x-prom.*)$/.test(name),
    );
    const answer = await fetch(target, {
      method: 'POST',
      body,
      headers: Object.fromEntries(headers) as Record<string, string>,
    });
    if (!answer.ok) changed++;
    for (const series of decodeV1(body)) note(series);
    outgoing.writeHead(answer.status).end(await answer.text());
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`,
    changed: () => changed,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Of each point its score, what was expected and its band are sent; the value itself is in the middle of the band. */
async function compareReceived(
  prometheus: MetricServer,
  wanted: ReadonlySet<string>,
  changed: number,
): Promise<Difference> {
  const figures = ['score', 'expected', 'lower', 'upper'];
  let [lost, doubled] = [0, changed];
  for (const figure of figures) {
    const tracks = await prometheus.query(`tidewatch_${figure}[2h]`);
    const found = tracks.flatMap(({ labels, timesMs, values }) =>
      timesMs.map((timeMs, row) => `${labels.pod} ${timeMs} ${figure} ${values[row]}`),
    );
    const expected = new Set([...wanted].map((point) => figureOf(figure, point)));
    lost += expected.difference(new Set(found)).size;
    doubled += found.length - expected.intersection(new Set(found)).size;
  }
  return { lost, doubled };
}

/** As makeScores of the fixtures has them. */
function figureOf(figure: string, point: string): string {
  const [pod, timeMs, text] = point.split(' ');
  const value = Number(text);
  const figures: Record<string, number> = { score: 0.5, expected: value / 3, lower: value - 0.1, upper: value + 0.1 };
  return `${pod} ${timeMs} ${figure} ${figures[figure]}`;
}
