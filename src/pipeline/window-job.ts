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
}

/** The plan's series among those that were fetched for several. */
export function jobsOf(
  plan: WindowPlan,
  fetched: readonly FetchedSeries[],
  enrich: (namespace: string, pod: string) => Labels,
): WindowJob[] {
  const jobs: WindowJob[] = [];
  for (const series of fetched) {
    const isAggregate = plan.plan.query !== undefined;
    // A query that aggregates the namespace away was kept within it.
    const { namespace = isAggregate ? plan.namespace : undefined, pod = isAggregate ? NO_POD : undefined } =
      series.labels;
    // What a query gives is not believed to be the detector's own.
    if (pod === undefined || namespace !== plan.namespace || (pod !== NO_POD && !plan.pods.has(pod))) continue;
    const known = pod === NO_POD ? {} : enrich(namespace, pod);
    const labels = { ...known, namespace, ...series.labels, __name__: plan.plan.metricName };
    jobs.push({ plan, pod, labels, fetched: series });
  }
  return jobs;
}

export function toAnalysisJob({ plan, fetched }: WindowJob): AnalysisJob {
  const { metricName, algorithm, parameters, threshold } = plan.plan;
  const { timesMs, values } = fetched;
  const series = { stepMs: plan.stepMs, timesMs, values };
  return { metricName, algorithm, parameters, threshold, series, ...(plan.isHere === true && { isHere: true }) };
}
