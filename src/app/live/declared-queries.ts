// What declared detectors watch, as queries beside those of every cluster: a recording without it would say nothing of the
// metrics that somebody chose. A pod counts by its largest series, as in a check; labels that an application chose are not
// asked for. What a detector selects pods by stands beside each series, so that the same detector selects it on the tape.
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { podShares } from '#collect/prometheus/pod-shares.ts';
import { selectorQuery } from '#collect/prometheus/selector-query.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { CALLS } from '#kube/calls.ts';
import { listPages } from '#kube/list-pages.ts';
import { type Labels, matchesLabels } from '#model/series.ts';
import { type DetectorRecord, detectorProjection } from '#operator/detector-record.ts';
import type { ObservedQuery } from '#pipeline/observed-query.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import type { Cluster } from './cluster.ts';
import type { CounterNames } from './counter-names.ts';
import { OBSERVED_QUERIES } from './observed-signals.ts';

export interface Declared {
  readonly queries: readonly ObservedQuery[];
  /** Names of labels that detectors select pods by. */
  readonly labelNames: readonly string[];
  /** The series of pods that a detector of the metric selects, with the labels that it selects them by; all of any other metric. */
  chosen(metricName: string, fetched: readonly FetchedSeries[]): readonly FetchedSeries[];
}

export const NOTHING_DECLARED: Declared = { queries: [], labelNames: [], chosen: (_, fetched) => fetched };

/** As what is observed: scrapes are 15 to 60 s apart. */
const RATE_WINDOW_MS = 180_000;

/** The cluster's detectors. Rejects as the API server does: 404 where the resource is absent. */
export async function listDetectors({ client }: Pick<Cluster, 'client'>): Promise<readonly DetectorRecord[]> {
  const { records } = await listPages<DetectorRecord>({
    ...{ client, call: CALLS.listDetectors, target: {}, query: {}, pageSize: 500 },
    project: detectorProjection((object) => parseDetectorObject(object, ALGORITHMS)),
    signal: new AbortController().signal,
    onPage: () => undefined,
    onUnread: () => undefined,
  });
  return [...records.values()];
}

export async function declaredQueries(
  detectors: readonly DetectorRecord[],
  pods: Pick<Cluster['pods'], 'get'>,
  counters: CounterNames,
): Promise<Declared> {
  const byMetric = new Map<string, Chooser[]>();
  for (const { namespace, plan } of detectors) {
    // What every cluster has is recorded under these names already.
    if (plan === undefined || OBSERVED_QUERIES.some(({ metricName }) => metricName === plan.metricName)) continue;
    const { selector } = plan;
    byMetric.set(plan.metricName, [...(byMetric.get(plan.metricName) ?? []), { namespace, selector }]);
  }
  const queries: ObservedQuery[] = [];
  for (const [metricName, choosers] of byMetric) {
    queries.push(queryOf(metricName, choosers, await counters.has(metricName)));
  }
  return {
    queries,
    labelNames: [...new Set([...byMetric.values()].flat().flatMap(({ selector }) => Object.keys(selector)))].sort(),
    chosen(metricName, fetched) {
      const choosers = byMetric.get(metricName);
      if (choosers === undefined) return fetched;
      return fetched.flatMap((series) => {
        const { namespace = '', pod = '' } = series.labels;
        const own = labelsOf(choosers, namespace, pods.get(`${namespace}/${pod}`)?.labels ?? {});
        return own === undefined ? [] : [{ ...series, labels: { ...own, ...series.labels } }];
      });
    },
  };
}

interface Chooser {
  readonly namespace: string;
  readonly selector: Labels;
}

function queryOf(metricName: string, choosers: readonly Chooser[], isCounter: boolean): ObservedQuery {
  const selected = selectorQuery({
    metricName,
    matchers: [
      { label: 'namespace', anyOf: [...new Set(choosers.map(({ namespace }) => namespace))].sort() },
      { label: 'pod', operator: '!=', value: '' },
    ],
    ...(isCounter ? { rateWindowMs: RATE_WINDOW_MS } : {}),
  });
  const promql = `max by (namespace, pod) (${selected})`;
  return { metricName, promql, shares: (count) => podShares(promql, count) };
}

/** What the detectors select this pod by; undefined when none does. */
function labelsOf(choosers: readonly Chooser[], namespace: string, labels: Labels): Labels | undefined {
  const own = choosers.filter((one) => one.namespace === namespace && matchesLabels(labels, one.selector));
  return own.length === 0 ? undefined : Object.assign({}, ...own.map(({ selector }) => selector));
}

/** Why there is none, in words; rethrows what is no answer. */
export function whyNoDetectors(error: unknown): string {
  if (error instanceof AppError && error.code === 'not-found') return 'none: the cluster has no AnomalyDetector';
  if (error instanceof AppError && error.code === 'forbidden') return `not recorded: ${error.message}`;
  throw error;
}
