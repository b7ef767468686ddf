// What lies beneath the series of a check: the denominators that its plans ask for, each asked of the source once, in the
// same steps as the series themselves.
import type { FetchedSeries, FetchLimits } from '#collect/prometheus/contract.ts';
import { nearestBeneath, valueBeneath } from '#model/denominator.ts';
import type { Labels } from '#model/series.ts';
import type { WindowJob } from './window-job.ts';
import type { WindowPlan } from './window-plan.ts';
import type { WindowQuery, WindowSource } from './window-source.ts';

interface Candidate {
  readonly labels: Labels;
  readonly fetched: FetchedSeries;
}

/** By the denominator's name and query, and then by pod; '' has those of none. */
export type WindowsBeneath = ReadonlyMap<string, ReadonlyMap<string, readonly Candidate[]>>;

/** One after the other: the scheduler decides how much is asked at once. Rejects as the source does. */
export async function askBeneath(
  source: WindowSource,
  plans: readonly WindowPlan[],
  range: Pick<WindowQuery, 'namespace' | 'pods' | 'startMs' | 'endMs' | 'stepMs'>,
  limits: () => FetchLimits,
): Promise<WindowsBeneath> {
  const all = new Map<string, Map<string, Candidate[]>>();
  for (const { plan } of plans) {
    const { denominator } = plan.guards;
    if (denominator === undefined || all.has(nameOf(denominator))) continue;
    const { metricName, query } = denominator;
    const found = await source.window({ ...range, metricName, ...(query !== undefined && { query }) }, limits());
    const byPod = new Map<string, Candidate[]>();
    for (const fetched of found) {
      const labels = { ...fetched.labels, __name__: metricName };
      const { pod = '' } = fetched.labels;
      const same = byPod.get(pod) ?? [];
      byPod.set(pod, same);
      same.push({ labels, fetched });
    }
    all.set(nameOf(denominator), byPod);
  }
  return all;
}

/** Where there is nothing beneath, nobody knows how much there is. */
const NONE = { timesMs: [], values: [] };

/** The job with what lies beneath each of its points, where its plan asks; NaN where that is not known. */
export function withBeneath(job: WindowJob, beneath: WindowsBeneath): WindowJob {
  const { denominator } = job.plan.plan.guards;
  if (denominator === undefined) return job;
  const byPod = beneath.get(nameOf(denominator));
  const candidates = [job.pod, ''].flatMap((pod) => byPod?.get(pod) ?? []);
  const { fetched: { timesMs, values } = NONE } = nearestBeneath(denominator, candidates, job.labels) ?? {};
  const denominators = job.fetched.timesMs.map((timeMs) => valueBeneath(timesMs, values, timeMs, job.plan.stepMs));
  return { ...job, denominators };
}

function nameOf({ metricName, query = '' }: { readonly metricName: string; readonly query?: string }): string {
  return `${metricName} ${query}`;
}
