// A ratio of few requests is no anomaly, against a real Prometheus: two pods fail alike, one of them with hardly a request. The
// check is the operator's own; the requests are a counter of the pods, and a query.
import { join } from 'node:path';
import { createCounterNames } from '#app/live/counter-names.ts';
import { prometheusWindows } from '#app/live/prometheus-windows.ts';
import { createSourceClock } from '#app/live/source-clock.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { evaluateGuards } from '#detect/guards.ts';
import { createJudge } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { Denominator } from '#model/denominator.ts';
import type { Finding } from '#model/finding.ts';
import { FLAG } from '#model/score.ts';
import { createWindowCheck } from '#pipeline/window-check.ts';
import type { WindowPlan } from '#pipeline/window-plan.ts';
import type { WindowRows } from '#pipeline/window-rows.ts';
import { createCheck } from '../e2e/check.ts';
import { localAnalyser, POINTS, STEP, windowPlan } from '../fixtures/windows.ts';
import type { History } from '../parts/history.ts';
import { startPrometheus } from '../parts/prometheus.ts';

export interface DenominatorSuite {
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const RATIO = 'error_ratio';
const COUNTER: Denominator = { metricName: 'http_requests_total', min: 0.5 };
const QUERY: Denominator = {
  ...{ metricName: 'requests_per_second', min: 0.5 },
  query: 'sum by (namespace, pod) (rate(http_requests_total[5m]))',
};
/** Requests in a step: 10 a second, and 0.1. */
const REQUESTS: Readonly<Record<string, number>> = { 'cart-busy': 300, 'cart-idle': 3 };
const PODS = Object.keys(REQUESTS);

export async function run({ folder, report }: DenominatorSuite): Promise<void> {
  const prometheus = await startPrometheus({ folder: join(folder, 'prometheus'), series: histories(Date.now()) });
  const check = createCheck(report);
  try {
    await check('without the guard both pods are anomalous', async () => {
      const { pods } = await judge(prometheus.url, undefined);
      expectSame(pods, PODS);
    });
    for (const [what, denominator] of [
      ['a counter of the pods', COUNTER],
      ['a query', QUERY],
    ] as const) {
      await check(`with ${what} beneath it, only the pod with enough requests is`, async () => {
        const { pods, rows, findings } = await judge(prometheus.url, denominator);
        expectSame(pods, ['cart-busy']);
        expectSame(
          findings.map(({ entity }) => entity.name),
          ['cart-busy'],
        );
        const guard = findings[0]?.opening.guards.find((one) => one.guard === 'denominator');
        const actual = typeof guard?.actual === 'number' ? guard.actual : Number.NaN;
        if (guard?.passed !== true || !(Math.abs(actual - 10) < 0.5))
          throw new Error(`guard: ${JSON.stringify(guard)}`);
        expectSame(heldBack(rows), ['cart-idle']);
      });
    }
    await check('with a denominator that is not there, none is', async () => {
      const { pods, rows } = await judge(prometheus.url, { metricName: 'nobody_counts', min: 0 });
      expectSame(pods, []);
      expectSame(heldBack(rows), PODS);
    });
  } finally {
    await prometheus.stop();
  }
}

/** An hour of a ratio that is near nothing, and at its end near all. */
function histories(endMs: number): History[] {
  const points = POINTS + 20;
  const startMs = Math.floor(endMs / STEP - points + 1) * STEP;
  const of = (labels: Record<string, string>, valueAt: (index: number) => number): History => {
    const values = Array.from({ length: points }, (_, index) => valueAt(index));
    return { labels, startMs, stepMs: STEP, values };
  };
  return Object.entries(REQUESTS).flatMap(([pod, each]) => [
    of({ __name__: RATIO, namespace: 'shop', pod }, (index) => (index < points - 4 ? 0.01 + 0.001 * (index % 3) : 0.9)),
    of({ __name__: COUNTER.metricName, namespace: 'shop', pod }, (index) => each * index),
  ]);
}

async function judge(url: string, denominator: Denominator | undefined) {
  const source = createPrometheusSource(createHttpTransport({ url }), {
    ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  const clocks = { clock: systemClock, steadyClock: systemClock };
  const written: WindowRows[] = [];
  const check = createWindowCheck({
    ...{ ...clocks, createJudge, analyser: localAnalyser, guards: evaluateGuards, enrich: () => ({}) },
    ...{ maxSeries: 100, timeoutMs: 20_000 },
    source: prometheusWindows({
      ...{ source, steadyClock: systemClock },
      counters: createCounterNames(source, systemClock),
      sourceClock: createSourceClock({ source, ...clocks }),
    }),
    write: async (rows) => void written.push(rows),
  });
  const { plan, ...rest } = windowPlan('errors', PODS);
  const guards = { ...plan.guards, ...(denominator && { denominator }) };
  const asked: WindowPlan = { ...rest, plan: { ...plan, metricName: RATIO, guards } };
  const outcome = (await check.check([asked], new AbortController().signal)).get('errors');
  await check.stop();
  await source.close();
  if (outcome?.kind !== 'analysed') throw new Error(`the check gave ${JSON.stringify(outcome)}`);
  const findings: Finding[] = written.flatMap((rows) => rows.findings);
  return { pods: [...outcome.anomalousPods].sort(), rows: written, findings };
}

/** Pods with a point that the denominator held back. */
function heldBack(written: readonly WindowRows[]): string[] {
  const pods = new Set<string>();
  for (const rows of written) {
    const { tracks, flags } = rows.toBlock();
    flags.forEach((bits, row) => {
      if ((bits & FLAG.failedDenominator) !== 0) pods.add(rows.tracks[tracks[row] ?? -1]?.labels.pod ?? '?');
    });
  }
  return [...pods].sort();
}

function expectSame(got: readonly string[], expected: readonly string[]): void {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`expected ${expected}, got ${got}`);
}
