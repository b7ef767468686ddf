// One check of the detectors that share a query:
//
//   source → series by pod → windows scored by an analyser → guards and episodes → store → an outcome a detector
//
// A part of an answer is never scored as the whole: any failure of the source or the store fails the check, and the window
// is asked for again. What one detector's series cannot be scored for is that detector's outcome alone.
import type { Analyser, AnalysisJob, AnalysisOutcome } from '#analysis/contract.ts';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import type { JudgeFactory } from '#detect/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import { createJudges } from './judges.ts';
import { createOutcome } from './window-outcome.ts';
import type { Guard, WindowOutcome, WindowPlan } from './window-plan.ts';
import { createWindowRows, type WindowRows } from './window-rows.ts';
import type { WindowSource } from './window-source.ts';

export interface WindowCheckDeps {
  readonly source: WindowSource;
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
    const results = new Map(plans.map((plan) => [plan.key, createOutcome(plan, checkedMs, deps)]));
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

function fetchAll(
  deps: WindowCheckDeps,
  plans: readonly WindowPlan[],
  { namespace, stepMs, windowMs, plan: { metricName } }: WindowPlan,
  endMs: number,
  signal: AbortSignal,
): Promise<readonly FetchedSeries[]> {
  const pods = [...new Set(plans.flatMap((one) => [...one.pods]))].sort();
  const query = { namespace, metricName, pods, startMs: endMs - windowMs + stepMs, endMs, stepMs };
  return deps.source.window(query, { maxSeries: deps.maxSeries, timeoutMs: deps.timeoutMs, signal });
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

function toAnalysisJob({ plan, fetched }: Job): AnalysisJob {
  const { metricName, algorithm, parameters, threshold } = plan.plan;
  const { timesMs, values } = fetched;
  return { metricName, algorithm, parameters, threshold, series: { stepMs: plan.stepMs, timesMs, values } };
}

function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
