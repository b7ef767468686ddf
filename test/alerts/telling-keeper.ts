// `tidewatch keeper` as a process that tells others, with an operator's client that brings it findings. It may be killed and
// started again over its folder.
import { once } from 'node:events';
import { join } from 'node:path';
import { wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { AlertRule } from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { metric } from '../cluster/roles/pages.ts';
import { makeBatch, makeFinding } from '../conformance/store-fixtures.ts';
import { type Running, start } from '../fixtures/command.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';

export interface TellingKeeper {
  readonly page: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** A finding of this pod, which is open. */
  open(pod: string, atMs: number): Promise<Finding>;
  close(finding: Finding, atMs: number): Promise<void>;
  /** Of all its receivers of one kind. */
  figure(name: string): Promise<number>;
  stop(): Promise<void>;
}

export interface TellingOptions {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
}

/** Told after a second: what is tested here is not how long a finding must last. */
const RULE: AlertRule = { afterMs: 1000, severity: 'critical', labels: { team: 'shop' } };

export async function createTellingKeeper({ folder, args, env = {} }: TellingOptions): Promise<TellingKeeper> {
  const [append = 0, page = 0, health = 0] = await freePorts(3);
  const own = [
    ...['keeper', `--data=${join(folder, 'data')}`, `--append-port=${append}`, `--page-port=${page}`],
    ...['--health-host=127.0.0.1', `--health-port=${health}`],
  ];
  let running: Running | undefined;
  const client = await createKeeperClient({
    ...{ address: `http://127.0.0.1:${append}`, spoolFolder: join(folder, 'spool'), maxSpoolBytes: 2 ** 24 },
    ...{ clock: wallClock, random: Math.random, log: createLog('silent') },
  });
  let batches = 0;
  const bring = async (finding: Finding) => {
    const position = { seenMs: finding.seenMs, stream: 'cluster:alerts' };
    await client.append(makeBatch(`alerts ${batches++}`, { position, findings: [finding] }));
  };
  const kill = async () => {
    if (running === undefined || running.process.exitCode !== null || running.process.signalCode !== null) return;
    const ended = once(running.process, 'close');
    running.process.kill('SIGKILL');
    await ended;
  };
  return {
    page: `http://127.0.0.1:${page}`,
    kill,
    async start() {
      running = start([...own, ...args], env);
      dieTogether(running.process);
      await running.printed(/Operators +\S+/);
    },
    async open(pod, atMs) {
      const made = makeFinding(`${pod}-${atMs}`, { pod, startMs: atMs });
      const finding = { ...made, confirmedMs: atMs, seenMs: atMs, alert: RULE };
      await bring(finding);
      return finding;
    },
    close: (finding, atMs) => bring({ ...finding, endMs: atMs, closedMs: atMs, closedSeenMs: atMs }),
    figure: (name) => metric(`http://127.0.0.1:${health}`, `tidewatch_${name}`),
    async stop() {
      await client.close();
      await kill();
    },
  };
}
