// P12: the CPU of watching 1,000 series for an hour, a point a minute, the query's cost in Prometheus counted in. Three real
// Prometheus hold and scrape the same series: one evaluates Grafana's adaptive rules, one the robust, and one is asked by our
// observer, as `run` has it: query, flow, shipped method, guards, store. Their minutes are made short: rules are evaluated
// every few seconds, and our clock runs as fast as answers come. CPU is what Linux counts for each process, less what the
// third server uses when nobody asks.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#kit/errors.ts';
import type { MetricServer } from '../../test/parts/metric-server.ts';
import { missingParts } from '../../test/parts/missing.ts';
import { usageOf } from '../scale/processes.ts';
import { compareRuns, type Line } from './duel.ts';
import type { Strategy } from './grafana-rules.ts';
import { createHourWatcher, type HourWatcher } from './hour-watcher.ts';
import { exposition, SERIES, startWithHistory, WATCHED } from './rules-world.ts';
import type { Context, Outcome, Section } from './section.ts';

const ROUND_MS = 20_000;
const MINUTES = 60;
const STRATEGIES: readonly Strategy[] = ['adaptive', 'robust'];
const TARGET = '4× → 15×';

interface Round {
  /** CPU seconds of an hour. */
  readonly ours: number;
  readonly theirs: Readonly<Record<Strategy, number>>;
}

export const rules: Section = {
  rows: ['P12'],
  title: 'an hour of watching',
  async run(context) {
    const missing = missingParts(['prometheus']);
    if (missing !== undefined) {
      context.say(`!!! P12 did NOT run: ${missing}`);
      return { lines: [], versions: {}, note: 'P12 was NOT MEASURED: there is no Prometheus.' };
    }
    await using ending = new AsyncDisposableStack();
    const target = createServer((_request, response) => response.end(exposition(Date.now())));
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    ending.defer(() => void target.close());
    const { port } = target.address() as AddressInfo;
    const endMs = Math.floor(Date.now() / 60_000) * 60_000;
    const start = async (name: Strategy | 'bare') => {
      context.say(`  a Prometheus with a day of history (${name}) …`);
      const server = await startWithHistory(join(context.folder, name), name, endMs, port);
      ending.defer(() => server.stop());
      return server;
    };
    const bare = await start('bare');
    const ruled = { adaptive: await start('adaptive'), robust: await start('robust') };
    const watcher = await createHourWatcher(join(context.folder, 'store'), bare.url, endMs, context.times + 1);
    ending.defer(() => watcher.close());
    return report(await measure(context, bare, ruled, watcher), context.times);
  },
};

async function measure(
  { times, say }: Context,
  bare: MetricServer,
  ruled: Readonly<Record<Strategy, MetricServer>>,
  watcher: HourWatcher,
): Promise<readonly Round[]> {
  // Not counted: all of them fill their caches, and our side the hours before.
  await watcher.watch(MINUTES);
  await pause(ROUND_MS);
  for (const strategy of STRATEGIES) checkBands(await bandsOf(ruled[strategy], strategy), `the ${strategy} rules have`);
  checkBands(await watcher.banded(), 'our store has');
  const quiet = await cpuOf(bare);
  await pause(ROUND_MS);
  const idle = (await cpuOf(bare)) - quiet;
  const rounds: Round[] = [];
  for (let round = 0; round < times; round++) {
    say(`  round ${round + 1} of ${times} …`);
    const began = performance.now();
    const before = await Promise.all(STRATEGIES.map((strategy) => readingOf(ruled[strategy])));
    const [server, own] = [await cpuOf(bare), process.cpuUsage()];
    const taken = await watcher.watch(MINUTES);
    if (taken !== SERIES * MINUTES) throw new AppError('gate-failed', `P12: ${taken} points of an hour were taken`);
    const used = process.cpuUsage(own);
    const took = performance.now() - began;
    const asked = (await cpuOf(bare)) - server - (idle * took) / ROUND_MS;
    await pause(Math.max(0, ROUND_MS - took));
    const share = (performance.now() - began) / ROUND_MS;
    const after = await Promise.all(STRATEGIES.map((strategy) => readingOf(ruled[strategy])));
    const theirs = STRATEGIES.map((strategy, index): [Strategy, number] => {
      const [from, to] = [before[index], after[index]];
      if (from === undefined || to === undefined) throw new Error('a reading is missing');
      const cpu = to.cpuSeconds - from.cpuSeconds - idle * share;
      return [strategy, (MINUTES * cpu) / (to.evaluations - from.evaluations)];
    });
    rounds.push({
      ours: (used.user + used.system) / 1e6 + Math.max(0, asked),
      theirs: Object.fromEntries(theirs) as Round['theirs'],
    });
  }
  return rounds;
}

/** Both sides look at the same series: each has a band there, or it is not the same work. */
function checkBands(bands: number, who: string): void {
  if (bands === SERIES) return;
  throw new AppError('gate-failed', `P12: ${who} bands for ${bands} of ${SERIES} series`);
}

async function bandsOf(server: MetricServer, strategy: Strategy): Promise<number> {
  const [found] = await server.query(`count(anomaly:upper_band{anomaly_strategy="${strategy}"})`);
  return found?.values[0] ?? 0;
}

async function readingOf(server: MetricServer): Promise<{ cpuSeconds: number; evaluations: number }> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const evaluations = /^prometheus_rule_group_iterations_total\{rule_group="[^"]*;short"\} (\S+)$/m.exec(text)?.[1];
  if (evaluations === undefined) throw new AppError('internal', 'Prometheus does not count its evaluations');
  return { cpuSeconds: await cpuOf(server), evaluations: Number(evaluations) };
}

async function cpuOf({ process: { pid } }: MetricServer): Promise<number> {
  return (await usageOf(pid ?? 0)).cpuSeconds;
}

function report(rounds: readonly Round[], times: number): Outcome {
  // Only CPU is compared: it stands for the clock as well.
  const asRuns = (seconds: readonly number[]) => seconds.map((cpuSeconds) => ({ wallSeconds: cpuSeconds, cpuSeconds }));
  const ours = asRuns(rounds.map((round) => round.ours));
  const lines = STRATEGIES.map((strategy): Line => {
    const compared = compareRuns(ours, asRuns(rounds.map(({ theirs }) => theirs[strategy])));
    return {
      ...{ row: 'P12', work: `${SERIES.toLocaleString('en')} series for an hour, a point a minute: CPU` },
      ...{ peer: `Prometheus, ${strategy} rules`, equal: `${SERIES.toLocaleString('en')} bands each`, target: TARGET },
      ...compared,
    };
  });
  const note = `P12 compares CPU alone: its milliseconds are CPU, of ${times} hours each. Ours is the whole process of the observer (query, flow, shipped method, guards, store) and what its Prometheus uses more than when nobody asks; the peer's is what a Prometheus with the rules uses more than one without, for an evaluation a minute (each fifth with the long-term rules). All three scrape the same. There is a day of history; the week before, which the rules also look back to, is missing, which spares them work. The series are \`${WATCHED}\`; a quarter of them vary so much that the adaptive rules keep their spread. Formulas: github.com/grafana/promql-anomaly-detection.`;
  return { lines, versions: {}, note };
}
