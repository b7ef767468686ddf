// One series of one detector, on its way through a check.
import type { AnalysisJob } from '#analysis/contract.ts';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import type { Labels } from '#model/series.ts';
import type { WindowPlan } from './window-plan.ts';

/** Stands for the pod of a series that is of none. */
export const NO_POD = '';

export interface WindowJob {
  readonly plan: WindowPlan;
  readonly pod: string;
  readonly labels: Labels;
  readonly fetched: FetchedSeries;
  /** What lies beneath each of its points, where the plan asks. */
  readonly denominators?: Float64Array;
}

/** The plan's series among those that were fetched for several. */
export function jobsOf(
  plan: WindowPlan,
  fetched: readonly FetchedSeries[],
  enrich: (namespace: string, pod: string) => Labels,
): WindowJob[] {
  const { namespace, plan: own } = plan;
  const jobs: WindowJob[] = [];
  for (const series of fetched) {
    const pod = podOf({ namespace, pods: plan.pods, isQuery: own.query !== undefined }, series.labels);
    if (pod === undefined) continue;
    const known = pod === NO_POD ? {} : enrich(namespace, pod);
    const labels = { ...known, namespace, ...series.labels, __name__: own.metricName };
    jobs.push({ plan, pod, labels, fetched: series });
  }
  return jobs;
}

/** Whose a series is: one of the pods, NO_POD for what a query gives of none, undefined where it is not the detector's. */
export function podOf(
  own: { readonly namespace: string; readonly pods: Pick<ReadonlySet<string>, 'has'>; readonly isQuery: boolean },
  labels: Labels,
): string | undefined {
  // A query that aggregates the namespace away was kept within it.
  const { namespace = own.isQuery ? own.namespace : undefined, pod = own.isQuery ? NO_POD : undefined } = labels;
  // What a query gives is not believed to be the detector's own.
  if (pod === undefined || namespace !== own.namespace) return undefined;
  return pod === NO_POD || own.pods.has(pod) ? pod : undefined;
}

export function toAnalysisJob({ plan, fetched }: WindowJob): AnalysisJob {
  const { metricName, algorithm, parameters, threshold } = plan.plan;
  const { timesMs, values } = fetched;
  const series = { stepMs: plan.stepMs, timesMs, values };
  return { metricName, algorithm, parameters, threshold, series, ...(plan.isHere === true && { isHere: true }) };
}
