// One series of one detector, on its way through a check.
import type { AnalysisJob } from '#analysis/contract.ts';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import type { Labels } from '#model/series.ts';
import type { WindowPlan } from './window-plan.ts';

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
    const { namespace, pod } = series.labels;
    // What a query gives is not believed to be the detector's own.
    if (pod === undefined || namespace !== plan.namespace || !plan.pods.has(pod)) continue;
    const labels = { ...enrich(namespace, pod), ...series.labels, __name__: plan.plan.metricName };
    jobs.push({ plan, pod, labels, fetched: series });
  }
  return jobs;
}

export function toAnalysisJob({ plan, fetched }: WindowJob): AnalysisJob {
  const { metricName, algorithm, parameters, threshold } = plan.plan;
  const { timesMs, values } = fetched;
  return { metricName, algorithm, parameters, threshold, series: { stepMs: plan.stepMs, timesMs, values } };
}
