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
import type { Labels } from '#model/series.ts';
import { type DetectorRecord, detectorProjection } from '#operator/detector-record.ts';
import { type ChosenPod, choosesPod, looksInto, type PodChoice, type Watch } from '#operator/watch.ts';
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
  const found: DetectorRecord[] = [];
  for (const call of [CALLS.listDetectors, CALLS.listClusterDetectors]) {
    const { records } = await listPages<DetectorRecord>({
      ...{ client, call, target: {}, query: {}, pageSize: 500 },
      project: detectorProjection((object) => parseDetectorObject(object, ALGORITHMS)),
      signal: new AbortController().signal,
      onPage: () => undefined,
      onUnread: () => undefined,
    });
    found.push(...records.values());
  }
  return found;
}

export async function declaredQueries(
  detectors: readonly DetectorRecord[],
  pods: Pick<Cluster['pods'], 'get'>,
  counters: CounterNames,
): Promise<Declared> {
  const byMetric = new Map<string, Chooser[]>();
  for (const { namespace, watch } of detectors) {
    for (const { metricName, query } of watch?.plans ?? []) {
      // A query cannot be asked of a tape, and what every cluster has is recorded under its name already.
      if (watch === undefined || query !== undefined || isObserved(metricName)) continue;
      byMetric.set(metricName, [...(byMetric.get(metricName) ?? []), { namespace, ...watch }]);
    }
  }
  const queries: ObservedQuery[] = [];
  for (const [metricName, choosers] of byMetric) {
    queries.push(queryOf(metricName, choosers, await counters.has(metricName)));
  }
  return {
    queries,
    labelNames: [...new Set([...byMetric.values()].flat().flatMap((one) => namesOf(one.pods)))].sort(),
    chosen(metricName, fetched) {
      const choosers = byMetric.get(metricName);
      if (choosers === undefined) return fetched;
      return fetched.flatMap((series) => {
        const { namespace = '', pod = '' } = series.labels;
        const own = labelsOf(choosers, namespace, pods.get(`${namespace}/${pod}`) ?? { labels: {} });
        return own === undefined ? [] : [{ ...series, labels: { ...own, ...series.labels } }];
      });
    },
  };
}

interface Chooser extends Pick<Watch, 'pods' | 'namespaces'> {
  /** Its own. */
  readonly namespace: string;
}

function isObserved(metricName: string): boolean {
  return OBSERVED_QUERIES.some((query) => query.metricName === metricName);
}

/** Of the labels that a choice looks at. */
function namesOf({ labels, expressions }: PodChoice): string[] {
  return [...Object.keys(labels), ...expressions.map(({ key }) => key)];
}

function queryOf(metricName: string, choosers: readonly Chooser[], isCounter: boolean): ObservedQuery {
  const selected = selectorQuery({
    metricName,
    matchers: [...namespaceMatcher(choosers), { label: 'pod', operator: '!=', value: '' }],
    ...(isCounter ? { rateWindowMs: RATE_WINDOW_MS } : {}),
  });
  const promql = `max by (namespace, pod) (${selected})`;
  return { metricName, promql, shares: (count) => podShares(promql, count) };
}

/** None where one of them looks everywhere. */
function namespaceMatcher(choosers: readonly Chooser[]) {
  if (choosers.some(({ namespaces }) => namespaces?.length === 0)) return [];
  const anyOf = [...new Set(choosers.flatMap(({ namespace, namespaces }) => namespaces ?? [namespace]))].sort();
  return [{ label: 'namespace', anyOf }];
}

/** What the detectors select this pod by; undefined when none does. */
function labelsOf(choosers: readonly Chooser[], namespace: string, pod: ChosenPod): Labels | undefined {
  const own = choosers.filter((one) => looksInto(one, one.namespace, namespace) && choosesPod(one.pods, pod));
  if (own.length === 0) return undefined;
  const names = new Set(own.flatMap(({ pods }) => namesOf(pods)));
  return Object.fromEntries(Object.entries(pod.labels).filter(([name]) => names.has(name)));
}

/** Why there is none, in words; rethrows what is no answer. */
export function whyNoDetectors(error: unknown): string {
  if (error instanceof AppError && error.code === 'not-found') return 'none: the cluster has no AnomalyDetector';
  if (error instanceof AppError && error.code === 'forbidden') return `not recorded: ${error.message}`;
  throw error;
}
