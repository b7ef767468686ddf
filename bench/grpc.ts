// `bench grpc`: windows of 60 points scored in a second, in this process and over gRPC on loopback to a server in a thread of
// its own: by our call, which takes many windows as packed doubles, and by the old contract's, one series a call. First
// the check that all three give the same to 1e-9; CPU is that of both ends.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { Analyser, AnalysisJob } from '#analysis/contract.ts';
import { createGrpcAnalyser } from '#analysis/grpc/client.ts';
import { createInProcessAnalyser } from '#analysis/in-process.ts';
import { createAnalysisServer } from '#api/grpc/server.ts';
import { createWindowScorer } from '#api/grpc/window-scorer.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { createRng } from '#stats/rng.ts';
import { markdownTable, measure, medianOf, type Run, spread } from './measure.ts';

const POINTS = 60;
const JOBS = 10_000;
/** One call a series: fewer are enough, and the wait is shorter. */
const OLD_JOBS = 2000;
const TOLERANCE = 1e-9;

export const bench = {
  name: 'grpc',
  summary: 'windows scored a second, in process and over gRPC: [--runs 5]',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '5' } } });
    const times = Number(values.runs);
    if (!Number.isInteger(times) || times < 1) {
      throw new AppError('bad-usage', `--runs ${values.runs}: a whole number of 1 or more is needed`);
    }
    const worker = new Worker(fileURLToPath(import.meta.url));
    try {
      const port = await new Promise<number>((resolve, reject) =>
        worker.once('message', resolve).once('error', reject),
      );
      await compare(`127.0.0.1:${port}`, times);
    } finally {
      await worker.terminate();
    }
  },
};

async function compare(addresses: string, times: number): Promise<void> {
  const jobs = makeJobs();
  const score = createWindowScorer(ALGORITHMS);
  const base = { addresses, clock: systemClock, random: Math.random, log: createLog('silent') };
  const near = createInProcessAnalyser({ score: (job) => score(job, job.series), clock: systemClock });
  const works: readonly { name: string; analyser: Analyser; jobs: readonly AnalysisJob[] }[] = [
    { name: 'in this process', analyser: near, jobs },
    { name: 'tidewatch.v1.Analysis/ScoreWindows', analyser: createGrpcAnalyser({ ...base, protocol: 'v1' }), jobs },
    {
      name: 'analysis.AnomalyAnalysis/DetectAnomalies',
      analyser: createGrpcAnalyser({ ...base, protocol: 'old' }),
      jobs: jobs.slice(0, OLD_JOBS),
    },
  ];
  const rows: string[][] = [];
  try {
    for (const work of works) {
      await checkEqual(near, work.analyser, work.jobs);
      const runs = await measure(times, async () => void (await work.analyser.analyse(work.jobs)));
      rows.push(rowOf(work.name, work.jobs.length, runs));
    }
  } finally {
    await Promise.all(works.map(({ analyser }) => analyser.close()));
  }
  process.stdout.write(`Node ${process.versions.node}; z-score, windows of ${POINTS} points, one client, one server\n`);
  process.stdout.write(`${markdownTable(['by', 'windows a second (range)', 'windows a CPU second'], rows)}\n`);
}

function rowOf(name: string, jobs: number, runs: readonly Run[]): string[] {
  const wall = runs.map(({ wallSeconds }) => jobs / wallSeconds);
  const cpu = medianOf(runs.map(({ cpuSeconds }) => jobs / cpuSeconds));
  return [name, spread(wall, 0), cpu.toLocaleString('en', { maximumFractionDigits: 0 })];
}

async function checkEqual(near: Analyser, other: Analyser, jobs: readonly AnalysisJob[]): Promise<void> {
  const [ours, theirs] = [await near.analyse(jobs), await other.analyse(jobs)];
  for (const [index, one] of ours.entries()) {
    const two = theirs[index];
    const same =
      one.ok && two?.ok && one.scores.every((score, at) => Math.abs(score - (two.scores[at] ?? NaN)) <= TOLERANCE);
    if (same !== true)
      throw new AppError('gate-failed', `${other.address}: window ${index} has other scores than here`);
  }
}

function makeJobs(): AnalysisJob[] {
  const rng = createRng(60);
  return Array.from({ length: JOBS }, () => {
    const timesMs = Float64Array.from({ length: POINTS }, (_, index) => 1_760_000_000_000 + index * 60_000);
    const series = { stepMs: 60_000, timesMs, values: timesMs.map(() => 50 + 10 * rng.normal()) };
    return { metricName: 'http_requests', series, algorithm: 'z-score', parameters: {}, threshold: 3 };
  });
}

if (!isMainThread) {
  const log = createLog('warn');
  const server = createAnalysisServer({ algorithms: ALGORITHMS, version: 'bench', clock: systemClock, log });
  parentPort?.postMessage((await server.listen({ port: 0 })).port);
}
