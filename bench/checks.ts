// P14: checks a second and core through the whole way of a declared detector, and what 1,000 detectors on 10,000 series cost
// Prometheus and us. A real Prometheus answers; each check fetches an hour of its series, scores it, judges it and stores
// it. The CPU of both processes is counted, Prometheus' from the operating system.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInProcessAnalyser } from '#analysis/in-process.ts';
import { createWindowScorer } from '#api/grpc/window-scorer.ts';
import { prometheusWindows } from '#app/live/prometheus-windows.ts';
import type { PrometheusSource, RangeQuery } from '#collect/prometheus/contract.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { evaluateGuards } from '#detect/guards.ts';
import { ALGORITHMS, createJudge } from '#detect/index.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { Plan } from '#model/plan.ts';
import { createLiveSink } from '#pipeline/live-sink.ts';
import { createWindowCheck } from '#pipeline/window-check.ts';
import { WINDOW_MS, WINDOW_STEP_MS, type WindowPlan, windowGroup } from '#pipeline/window-plan.ts';
import { createRng } from '#stats/rng.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import type { History } from '../test/parts/history.ts';
import { missingParts } from '../test/parts/missing.ts';
import { startPrometheus } from '../test/parts/prometheus.ts';
import { markdownTable, spread } from './measure.ts';

const NAMESPACES = 20;
const DETECTORS = 50;
const PODS = 10;
const ROUNDS = 5;
const METRIC = 'request_latency_seconds';
/** A second and core, published for Anomalia Machina (Kafka, Cassandra), on other hardware. */
const PUBLISHED = 383;

export const bench = {
  name: 'checks',
  summary: 'P14: checks a second and core from Prometheus to the store; what 1,000 detectors cost (needs Prometheus)',
  async run(): Promise<void> {
    const missing = missingParts(['prometheus']);
    if (missing !== undefined) throw new AppError('not-found', missing);
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-checks-'));
    const endMs = Math.floor(Date.now() / WINDOW_STEP_MS) * WINDOW_STEP_MS;
    const prometheus = await startPrometheus({ folder: join(folder, 'prometheus'), series: historyUntil(endMs) });
    try {
      await measureRounds(folder, prometheus.url, prometheus.process.pid ?? 0, endMs);
    } finally {
      await prometheus.stop();
      await rm(folder, { recursive: true });
    }
  },
};

async function measureRounds(folder: string, url: string, pid: number, endMs: number): Promise<void> {
  const store = await openEmbeddedStore({ folder: join(folder, 'data') });
  const sink = createLiveSink(store, {
    run: 'bench',
    epoch: await store.nextEpoch(),
    stream: 'bench',
    storedMs: -Infinity,
  });
  let nowMs = endMs - ROUNDS * 60_000;
  const clock: Clock = { nowMs: () => nowMs, sleep: systemClock.sleep };
  const counted = countQueries(
    createPrometheusSource(createHttpTransport({ url }), { clock, random: Math.random, log: createLog('silent') }),
  );
  const score = createWindowScorer(ALGORITHMS);
  const check = createWindowCheck({
    ...{
      source: prometheusWindows({
        ...{ source: counted.source, counters: { has: async () => false }, steadyClock: systemClock },
        sourceClock: { nowMs: async () => nowMs, doubt: () => {} },
      }),
      ...{ clock, steadyClock: systemClock },
      createJudge,
      guards: evaluateGuards,
      maxSeries: 50_000,
      timeoutMs: 60_000,
    },
    analyser: createInProcessAnalyser({ score: (job) => score(job, job.series), clock }),
    enrich: () => ({}),
    write: (rows, seenMs) => sink.writeRows(rows, seenMs, `${seenMs} ${rows.tracks[0]?.key}`),
  });
  const groups = plansByGroup();
  const rounds: { ours: number; theirs: number; wall: number }[] = [];
  let series = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const [cpu, theirs, began] = [process.cpuUsage(), await cpuSecondsOf(pid), performance.now()];
    counted.reset();
    series = 0;
    for (const plans of groups) {
      for (const outcome of (await check.check(plans, new AbortController().signal)).values()) {
        if (outcome.kind !== 'analysed') throw new AppError('internal', `a check came to ${JSON.stringify(outcome)}`);
        series += outcome.scored;
      }
    }
    const used = process.cpuUsage(cpu);
    const ours = (used.user + used.system) / 1e6;
    // The first round stores the whole hour and warms both; it is not of the steady state.
    if (round > 0) {
      rounds.push({ ours, theirs: (await cpuSecondsOf(pid)) - theirs, wall: (performance.now() - began) / 1000 });
    }
    nowMs += 60_000;
  }
  await store.close();
  report(rounds, series, counted.queries());
}

function report(
  rounds: readonly { ours: number; theirs: number; wall: number }[],
  series: number,
  queries: number,
): void {
  const detectors = NAMESPACES * DETECTORS;
  process.stdout.write(`${detectors} detectors, ${series} series, ${rounds.length} rounds of a minute's checks:\n`);
  const column = (read: (round: { ours: number; theirs: number; wall: number }) => number, digits: number) =>
    spread(rounds.map(read), digits);
  const rows = [
    ['checks per second', column(({ wall }) => series / wall, 0)],
    ['checks per CPU second of ours', column(({ ours }) => series / ours, 0)],
    ['checks per CPU second, Prometheus counted in', column(({ ours, theirs }) => series / (ours + theirs), 0)],
    [
      `… ratio to ${PUBLISHED} a second and core, published on other hardware`,
      column(({ ours, theirs }) => series / (ours + theirs) / PUBLISHED, 1),
    ],
    ['CPU seconds a minute, ours', column(({ ours }) => ours, 2)],
    ['CPU seconds a minute, Prometheus', column(({ theirs }) => theirs, 2)],
    ['queries a minute', String(queries)],
  ];
  process.stdout.write(`${markdownTable(['figure', 'median (range)'], rows)}\n`);
}

/** CPU seconds that a process has used, as Linux counts them in hundredths. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function countQueries(source: PrometheusSource) {
  let queries = 0;
  return {
    queries: () => queries,
    reset: () => {
      queries = 0;
    },
    source: {
      ...source,
      queryRange(query: RangeQuery, limits: Parameters<PrometheusSource['queryRange']>[1]) {
        queries++;
        return source.queryRange(query, limits);
      },
    },
  };
}

function podName(app: number, pod: number): string {
  return `app-${app}-5f6585d649-${String(pod).padStart(5, 'x')}`;
}

function plansByGroup(): WindowPlan[][] {
  return Array.from({ length: NAMESPACES }, (_, index) => {
    const namespace = `team-${index}`;
    return Array.from({ length: DETECTORS }, (_detector, app): WindowPlan => {
      const plan: Plan = {
        ...{ detector: `${namespace}/app-${app}`, selector: {}, metricName: METRIC, algorithm: 'z-score' },
        ...{ parameters: {}, threshold: 6 },
        guards: {
          ...{ direction: 'both', minAbsoluteDeviation: 0, minRelativeDeviation: 0, range: {}, missing: 'ignore' },
          persistence: { points: 1, of: 1, clear: 1 },
        },
      };
      return {
        ...{ key: plan.detector, group: windowGroup(namespace, plan, WINDOW_STEP_MS, WINDOW_MS), namespace },
        ...{
          uid: plan.detector,
          owner: plan.detector,
          generation: 1,
          plan,
          windowMs: WINDOW_MS,
          intervalMs: 60_000,
          stepMs: WINDOW_STEP_MS,
        },
        pods: new Set(Array.from({ length: PODS }, (_pod, pod) => podName(app, pod))),
      };
    });
  });
}

function historyUntil(endMs: number): History[] {
  const random = createRng(1);
  const startMs = endMs - WINDOW_MS - (ROUNDS + 2) * 60_000;
  const count = (endMs - startMs) / WINDOW_STEP_MS + 1;
  return Array.from({ length: NAMESPACES * DETECTORS * PODS }, (_, index) => {
    const [namespace, app, pod] = [
      Math.floor(index / (DETECTORS * PODS)),
      Math.floor(index / PODS) % DETECTORS,
      index % PODS,
    ];
    return {
      labels: {
        __name__: METRIC,
        namespace: `team-${namespace}`,
        pod: podName(app, pod),
        instance: `10.0.0.1:${index}`,
      },
      startMs,
      stepMs: WINDOW_STEP_MS,
      values: Float64Array.from({ length: count }, () => 0.1 + 0.01 * random.normal()),
    };
  });
}
