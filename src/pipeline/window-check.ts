// One check of the detectors that share a query:
//
//   query_range → series by pod → windows scored by an analyser → guards and episodes → store → an outcome a detector
//
// A part of an answer is never scored as the whole: any failure of the query or the store fails the check, and the window
// is asked for again. What one detector's series cannot be scored for is that detector's outcome alone.
import type { Analyser, AnalysisJob, AnalysisOutcome } from '#analysis/contract.ts';
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import type { JudgeFactory } from '#detect/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import { createJudges } from './judges.ts';
import { createOutcome } from './window-outcome.ts';
import type { Guard, WindowOutcome, WindowPlan } from './window-plan.ts';
import { createWindowRows, type WindowRows } from './window-rows.ts';

export interface WindowQuery {
  readonly namespace: string;
  readonly metricName: string;
  readonly pods: readonly string[];
  /** Of a counter: the span over which its rate is taken. */
  readonly rateWindowMs?: number;
}

export interface WindowCheckDeps {
  readonly source: PrometheusSource;
  /** Builds PromQL from its parts. */
  readonly buildQuery: (query: WindowQuery) => string;
  readonly isCounter: (metricName: string) => Promise<boolean>;
  readonly analyser: Analyser;
  readonly createJudge: JudgeFactory;
  /** Bits of FLAG that the guards give a point without persistence. */
  readonly guards: Guard;
  /** Durable when it resolves. */
  readonly write: (rows: WindowRows, seenMs: number) => Promise<void>;
  readonly clock: Clock;
  /** Labels that the cluster knows of a pod and the metric does not carry, such as its service. */
  readonly enrich: (namespace: string, pod: string) => Labels;
  readonly maxSeries: number;
  readonly timeoutMs: number;
}

export interface WindowCheck {
  /** An outcome for each plan, by key. Plans are of one group. */
  check(plans: readonly WindowPlan[], signal: AbortSignal): Promise<ReadonlyMap<string, WindowOutcome>>;
  /** Forgets what is known of a detector that is gone. */
  forget(key: string): void;
}

/** Letters of pods' names in one query: through the API server a query must fit into an address. */
const NAMES_PER_QUERY = 4000;

interface Job {
  readonly plan: WindowPlan;
  readonly pod: string;
  readonly labels: Labels;
  readonly fetched: FetchedSeries;
}

export function createWindowCheck(deps: WindowCheckDeps): WindowCheck {
  const judges = createJudges(deps.createJudge);

  async function check(plans: readonly WindowPlan[], signal: AbortSignal): Promise<ReadonlyMap<string, WindowOutcome>> {
    const checkedMs = deps.clock.nowMs();
    const [first] = plans;
    if (first === undefined) return new Map();
    try {
      // The newest step may still be filling.
      const endMs = Math.floor(checkedMs / first.stepMs) * first.stepMs - first.stepMs;
      const fetched = await fetchAll(deps, plans, first, endMs, signal);
      const jobs = plans.flatMap((plan) => jobsOf(deps, plan, fetched));
      const outcomes = await deps.analyser.analyse(jobs.map(toAnalysisJob), signal);
      return await settle(plans, jobs, outcomes, checkedMs);
    } catch (error) {
      if (signal.aborted) throw error;
      const failed: WindowOutcome = { kind: 'failed', checkedMs, ...reasonOf(error) };
      return new Map(plans.map(({ key }) => [key, failed]));
    }
  }

  async function settle(
    plans: readonly WindowPlan[],
    jobs: readonly Job[],
    outcomes: readonly AnalysisOutcome[],
    checkedMs: number,
  ): Promise<ReadonlyMap<string, WindowOutcome>> {
    const rows = createWindowRows(deps.guards);
    const results = new Map(plans.map((plan) => [plan.key, createOutcome(plan, checkedMs, deps.guards)]));
    const taken = judges.begin();
    jobs.forEach((job, index) => {
      const { plan, pod, labels, fetched } = job;
      const outcome = outcomes[index] ?? { ok: false, reason: 'refused', message: 'the analyser left it out' };
      results.get(plan.key)?.add(pod, fetched, outcome);
      if (!outcome.ok) return;
      const { timesMs, values } = fetched;
      const given = { key: seriesKey(labels), labels, stepMs: plan.stepMs, timesMs, values, seenMs: checkedMs };
      rows.add(plan, { ...given, ...outcome }, taken.take(plan, { ...given, ...outcome }), taken.verdicts(plan));
    });
    for (const plan of plans) rows.addFindings(taken.advance(plan, checkedMs));
    try {
      if (!rows.isEmpty) await deps.write(rows, checkedMs);
    } catch (error) {
      // What was judged is not stored: the next check must judge it again.
      taken.undo();
      throw error;
    }
    return new Map(Array.from(results, ([key, result]) => [key, result.finish()]));
  }

  return { check, forget: (key) => judges.forget(key) };
}

async function fetchAll(
  deps: WindowCheckDeps,
  plans: readonly WindowPlan[],
  first: WindowPlan,
  endMs: number,
  signal: AbortSignal,
): Promise<readonly FetchedSeries[]> {
  const { namespace, stepMs, windowMs, plan } = first;
  const { metricName } = plan;
  const pods = [...new Set(plans.flatMap((one) => [...one.pods]))].sort();
  const counter = await deps.isCounter(metricName);
  const parts: FetchedSeries[] = [];
  for (const some of cutByLength(pods, NAMES_PER_QUERY)) {
    const query = { namespace, metricName, pods: some, ...(counter ? { rateWindowMs: rateWindowOf(stepMs) } : {}) };
    const range = { promql: deps.buildQuery(query), startMs: endMs - windowMs + stepMs, endMs, stepMs };
    const limits = { maxSeries: deps.maxSeries, timeoutMs: deps.timeoutMs, signal };
    // One after the other: the scheduler decides how much is asked at once.
    parts.push(...(await deps.source.queryRange(range, limits)));
  }
  return parts;
}

function jobsOf(deps: WindowCheckDeps, plan: WindowPlan, fetched: readonly FetchedSeries[]): Job[] {
  const jobs: Job[] = [];
  for (const series of fetched) {
    const { namespace, pod } = series.labels;
    // What a query gives is not believed to be the detector's own.
    if (pod === undefined || namespace !== plan.namespace || !plan.pods.has(pod)) continue;
    const labels = { ...deps.enrich(namespace, pod), ...series.labels, __name__: plan.plan.metricName };
    jobs.push({ plan, pod, labels, fetched: series });
  }
  return jobs;
}

/** Pieces whose names have so many letters together at most; each has one name at least. */
function cutByLength(names: readonly string[], most: number): string[][] {
  const pieces: string[][] = [];
  let letters = Number.POSITIVE_INFINITY;
  for (const name of names) {
    letters += name.length + 1;
    if (letters > most) {
      pieces.push([]);
      letters = name.length + 1;
    }
    pieces.at(-1)?.push(name);
  }
  return pieces;
}

function toAnalysisJob({ plan, fetched }: Job): AnalysisJob {
  const { metricName, algorithm, parameters, threshold } = plan.plan;
  const { timesMs, values } = fetched;
  return { metricName, algorithm, parameters, threshold, series: { stepMs: plan.stepMs, timesMs, values } };
}

/** Four steps, so that a scrape that is late or missing leaves no hole; never less than two minutes. */
export function rateWindowOf(stepMs: number): number {
  return Math.max(4 * stepMs, 120_000);
}

function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
