// The operator of the scale run: a term of the real one, with the same parts, which also tells whoever started it how late its
// checks were and what it holds in memory once rubbish is cleared away. Told to, it writes down its heap.
import { randomUUID } from 'node:crypto';
import { writeHeapSnapshot } from 'node:v8';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createLeader } from '#kube/leader.ts';
import type { WindowOutcome } from '#pipeline/window-plan.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { connectCluster } from '../../src/app/live/connect.ts';
import { createEpochFloor } from '../../src/app/live/epoch-floor.ts';
import { openAnalyser } from '../../src/app/live/open-analyser.ts';
import { findPrometheus } from '../../src/app/live/open-prometheus.ts';
import { createPulse, ROUND_PULSE } from '../../src/app/live/pulse.ts';
import { runTerm, type TermParts } from '../../src/app/operator-term.ts';
import { createTerms, type Terms } from '../../src/app/operator-terms.ts';

export interface OperatorArguments {
  readonly kubeconfig: string;
  readonly prometheus: string;
  readonly keeper: string;
  readonly spool: string;
}

export interface Reading {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly buffersBytes: number;
  readonly cpuSeconds: number;
  /** Since the process began; NaN before the first. */
  readonly firstScoreMs: number;
  /** Terms that it began to lead; more than one where it was so starved that it lost its lease. */
  readonly terms: number;
  /** Detectors, once for each check, in all terms. */
  readonly checked: number;
  readonly failed: number;
  readonly tooMuch: number;
  /** Detectors that were checked at least once. */
  readonly known: number;
  readonly planned: number;
  readonly overdueMs: number;
  readonly statusWrites: number;
  readonly statusesWaiting: number;
  readonly refused: number;
  readonly series: number;
  /** Of each check since the last reading, for each of its detectors: from due to scored. */
  readonly lagsMs: readonly number[];
}

const options: OperatorArguments = JSON.parse(process.argv[2] ?? '{}');
const random = Math.random;
const log = createLog('error');
const say = { line: () => undefined, update: () => undefined };
const known = new Map<string, number>();
const counts = { terms: 0, checked: 0, failed: 0, tooMuch: 0 };
let lags: number[] = [];
let firstScoreMs = Number.NaN;
let parts: TermParts | undefined;

await open();
process.on('message', (message: { readonly ask: string; readonly path?: string }) => {
  if (message.ask === 'snapshot') writeHeapSnapshot(message.path);
  process.send?.(read(message.ask !== 'glance'));
});

async function open(): Promise<void> {
  const keeper = await createKeeperClient({
    ...{
      address: options.keeper,
      spoolFolder: options.spool,
      maxSpoolBytes: 768 * 2 ** 20,
      clock: wallClock,
      random,
      log,
    },
  });
  const cluster = await connectCluster({ kubeconfig: options.kubeconfig }, { roles: ['operator'], random, log, say });
  const source = await findPrometheus(cluster, options, { clock: wallClock, random, log, say });
  const analyser = openAnalyser({ fallback: true }, { clock: systemClock, random, log });
  const floor = createEpochFloor('default');
  const leader = createLeader({
    ...{
      client: cluster.client,
      namespace: 'default',
      identity: randomUUID(),
      clock: systemClock,
      wall: wallClock,
      random,
      log,
    },
    onChange(epoch) {
      if (epoch !== undefined) counts.terms++;
      terms.change(epoch);
    },
    atLeastEpoch: () => floor.least,
  });
  const terms: Terms = createTerms({
    ...{ clock: systemClock, log },
    run: (epoch, signal) =>
      runTerm(epoch, signal, {
        ...{ cluster, source, scrape: undefined, analyser, keeper, leader, floor, namespace: 'default', workers: 0 },
        ...{ clock: wallClock, steadyClock: systemClock, random, log, pulse: createPulse(ROUND_PULSE) },
        onParts: (now) => {
          parts = now;
        },
        onChecked,
      }),
  });
  leader.start();
  const end = async () => {
    await terms.stop();
    await leader.stop();
    process.exit(0);
  };
  process.once('SIGTERM', () => void end());
}

function onChecked(outcomes: ReadonlyMap<string, WindowOutcome>, lateMs: number): void {
  for (const [key, outcome] of outcomes) {
    lags.push(lateMs);
    counts.checked++;
    if (outcome.kind === 'failed') {
      counts.failed++;
      if (outcome.code === 'too-much') counts.tooMuch++;
    }
    if (outcome.kind !== 'analysed') continue;
    if (Number.isNaN(firstScoreMs)) firstScoreMs = process.uptime() * 1000;
    known.set(key, outcome.scored);
  }
}

function read(settles: boolean): Reading {
  if (settles) for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const stats = parts?.operating.stats();
  const lagsMs = lags;
  lags = [];
  return {
    ...{
      rssBytes: rss,
      heapBytes: heapUsed,
      buffersBytes: Math.max(arrayBuffers, external),
      cpuSeconds: (user + system) / 1e6,
    },
    ...{ firstScoreMs, known: known.size, lagsMs },
    series: known.values().reduce((sum, scored) => sum + scored, 0),
    ...counts,
    planned: stats?.scheduler.plans ?? 0,
    overdueMs: stats?.scheduler.overdueMs ?? 0,
    statusWrites: stats?.status.writes ?? 0,
    statusesWaiting: stats?.status.waiting ?? 0,
    refused: (stats?.status.failures ?? 0) + (stats?.status.conflicts ?? 0),
  };
}
