// From detectors to what is asked of a Prometheus about their past: by the queries of their checks where it is known which pods
// they select (kube-state-metrics has told, also of pods that are gone), else by the labels of the series themselves, as on
// a tape. Each series is stamped with the plans that asked for it, because what a plan selects by it need not carry. What
// lies beneath their series is asked for as well, under a name of its own: the same metric may be watched in another reading.
import { chosenLabels, labelMatches } from '#collect/prometheus/label-matches.ts';
import { restrictToNamespace } from '#collect/prometheus/promql.ts';
import { type LabelMatch, selectorQuery } from '#collect/prometheus/selector-query.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import type { Labels } from '#model/series.ts';
import { type Watch, watchOf } from '#operator/watch.ts';
import { podOf } from '#pipeline/window-job.ts';
import { plansOf } from '#resource/anomaly-detector/plan.ts';
import type { Detector } from '#resource/anomaly-detector/read.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { rateWindowOf } from '../live/rate-window.ts';
import { podsQueries } from '../live/window-queries.ts';
import type { FindPods, PodNames } from '../validate/cost/chosen-pods.ts';

export interface HistoryQuery {
  readonly promql: string;
  /** What its series are called. */
  readonly metricName: string;
  /** How the metric is read; one name cannot be read in two ways. */
  readonly reading: string;
  /** The label that says which plan asked; a denominator needs none. */
  readonly stamp?: string;
  /** Where it was asked: its series are of it, whether they say so or not. */
  readonly namespace?: string;
  isOwn(labels: Labels): boolean;
}

export interface HistoryQueries {
  readonly queries: readonly HistoryQuery[];
  /** Each selects the series with its stamp. */
  readonly plans: readonly Plan[];
}

export interface QueryPorts {
  readonly findPods: FindPods;
  readonly isCounter: (metricName: string) => Promise<boolean>;
  readonly stepMs: number;
  /** Of detectors that say none; undefined is everywhere. */
  readonly namespace: string | undefined;
}

const EVERY = () => true;
/** A label of two underscores is said about a series, and is no part of which series it is. */
const stampOf = (index: number) => `__plan_${index}`;
const stamped = (plan: Plan, stamp: string) => {
  const { expressions: _, ...rest } = plan;
  return { ...rest, selector: { [stamp]: '1' } };
};

/** What observe mode asks, each query for its own plan. */
export function observedQueries(): HistoryQueries {
  const stamps = OBSERVED.map((_, index) => stampOf(index));
  return {
    plans: OBSERVED.map(({ plan }, index) => stamped(plan, stamps[index] ?? '')),
    queries: OBSERVED.map(({ metricName, promql }, index) => {
      return { promql, metricName, reading: promql, stamp: stamps[index] ?? '', isOwn: EVERY };
    }),
  };
}

/** Rejects as a PrometheusSource does, and with `bad-config` for what cannot be asked. */
export async function declaredQueries(detectors: readonly Detector[], ports: QueryPorts): Promise<HistoryQueries> {
  const queries: HistoryQuery[] = [];
  const plans: Plan[] = [];
  const denominators = createDenominators();
  for (const detector of detectors) {
    const own = detector.namespace === '' ? ports.namespace : detector.namespace;
    const watch = watchOf(detector, plansOf(detector));
    const where = watch.namespaces ?? (own === undefined ? [] : [own]);
    const chosen = await ports.findPods({ ...watch, namespaces: where }, own ?? '');
    for (const plan of watch.plans) {
      const stamp = stampOf(plans.length);
      for (const asked of await queriesOf(plan, plan, watch, where, chosen, ports)) {
        queries.push({ ...asked, metricName: plan.metricName, stamp });
      }
      const { denominator } = plan.guards;
      if (denominator === undefined) {
        plans.push(stamped(plan, stamp));
        continue;
      }
      const beneath = await queriesOf(plan, denominator, watch, where, chosen, ports);
      const { metricName, added } = denominators.add(denominator.metricName, beneath);
      for (const asked of added) queries.push(asked);
      const guards = { ...plan.guards, denominator: { ...denominator, metricName } };
      plans.push(stamped({ ...plan, guards }, stamp));
    }
  }
  mustAgree(queries);
  return { queries, plans };
}

type Asked = Pick<HistoryQuery, 'promql' | 'reading' | 'namespace' | 'isOwn'>;

/** Gives denominators their names, the same to those that ask the same. */
function createDenominators() {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  return {
    /** `added` are the queries that nobody asked before. */
    add(
      name: string,
      asked: readonly Asked[],
    ): { readonly metricName: string; readonly added: readonly HistoryQuery[] } {
      const key = JSON.stringify([name, asked.map(({ promql, namespace }) => [promql, namespace ?? ''])]);
      const before = known.get(key);
      if (before !== undefined) return { metricName: before, added: [] };
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      // No metric can be called so.
      const metricName = `${name} (denominator${count === 1 ? '' : ` ${count}`})`;
      known.set(key, metricName);
      // Which of them lies beneath a series its labels say, as in a check.
      return { metricName, added: asked.map((one) => ({ ...one, metricName, isOwn: EVERY })) };
    },
  };
}

/** Of the plan's metric, or of what lies beneath it. */
async function queriesOf(
  { detector }: Plan,
  { metricName, query, isCounter }: Pick<Plan, 'metricName' | 'query' | 'isCounter'>,
  watch: Watch,
  where: readonly string[],
  chosen: ReadonlyMap<string, PodNames> | undefined,
  ports: QueryPorts,
): Promise<Asked[]> {
  if (query !== undefined) return ofQuery(query, where, chosen);
  const isRated = isCounter ?? (await ports.isCounter(metricName));
  const rated = isRated ? { rateWindowMs: rateWindowOf(ports.stepMs) } : {};
  const reading = isRated ? 'rate' : 'value';
  const asked: Asked[] = [];
  for (const [namespace, pods] of chosen ?? new Map([[undefined, 'any' as const]])) {
    const of = { reading, ...(namespace !== undefined && { namespace }), isOwn: EVERY };
    if (pods === 'any') {
      const matchers = [...namespaceMatch(namespace), ...ownLabelMatches(detector, watch)];
      asked.push({ promql: selectorQuery({ metricName, matchers, ...rated }), ...of });
      continue;
    }
    for (const { promql } of podsQueries({ namespace: namespace ?? '', metricName, pods }, rated.rateWindowMs)) {
      asked.push({ promql, ...of });
    }
  }
  return asked;
}

/** A query's own result, of the detector's pods where these are known. */
function ofQuery(query: string, where: readonly string[], chosen: ReadonlyMap<string, PodNames> | undefined): Asked[] {
  if (chosen === undefined && where.length === 0) return [{ promql: query, reading: query, isOwn: EVERY }];
  return [...(chosen ?? new Map(where.map((namespace) => [namespace, 'any' as const])))].map(([namespace, pods]) => {
    const own = { namespace, pods: pods === 'any' ? { has: EVERY } : new Set(pods), isQuery: true };
    const isOwn = (labels: Labels) => podOf(own, labels) !== undefined;
    return { promql: restrictToNamespace(query, namespace), reading: query, namespace, isOwn };
  });
}

function namespaceMatch(namespace: string | undefined): LabelMatch[] {
  return namespace === undefined ? [] : [{ label: 'namespace', operator: '=', value: namespace }];
}

/** What pods are selected by, asked of the series' own labels. Throws `bad-config` where these cannot have it. */
function ownLabelMatches(detector: string, { pods }: Watch): LabelMatch[] {
  const strange = chosenLabels(pods).find((key) => !/^[a-zA-Z_]\w*$/.test(key));
  const problem = pods.owner !== undefined ? `pods of ${pods.owner.kind} ${pods.owner.name}` : strange;
  if (problem !== undefined) {
    const message = `${detector} selects ${problem}, and this Prometheus does not know which pods these are: it needs kube_pod_labels and kube_pod_owner of kube-state-metrics, with --metric-labels-allowlist; or select by labels of the series`;
    throw new AppError('bad-config', message);
  }
  return labelMatches(pods);
}

/** Two readings of one name would be one series with two values. */
function mustAgree(queries: readonly HistoryQuery[]): void {
  const readings = new Map<string, string>();
  for (const { metricName, reading } of queries) {
    const known = readings.get(metricName) ?? reading;
    readings.set(metricName, known);
    if (known === reading) continue;
    throw new AppError('bad-config', `two detectors mean different things by ${metricName}: give one another name`);
  }
}
