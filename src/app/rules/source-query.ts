// What a detector watches, as PromQL that stands by itself. The operator asks for the pods of a detector by their names,
// which it knows from the cluster; a rule cannot, and joins what kube-state-metrics says of pods instead.
import { labelMatches } from '#collect/prometheus/label-matches.ts';
import { restrictToNamespace } from '#collect/prometheus/promql.ts';
import { escapePattern } from '#collect/prometheus/promql-text.ts';
import { type LabelMatch, selectorQuery } from '#collect/prometheus/selector-query.ts';
import type { Plan } from '#model/plan.ts';
import type { PodChoice } from '#operator/watch.ts';
import { rateWindowOf } from '../live/rate-window.ts';

/** Whether a detector's labels are those of pods, which kube-state-metrics tells, or of the series themselves. */
export type SelectBy = 'pods' | 'series';

export interface WatchedSeries {
  readonly plan: Pick<Plan, 'metricName' | 'query' | 'isCounter'>;
  readonly pods: PodChoice;
  /** [] for every one. */
  readonly namespaces: readonly string[];
  readonly stepMs: number;
  readonly selectBy: SelectBy;
}

/** As the check of a detector takes it where nothing is known of the metric: its name's ending says whether it counts. */
export function isRated({ metricName, query, isCounter }: WatchedSeries['plan']): boolean {
  return query === undefined && (isCounter ?? metricName.endsWith('_total'));
}

/** PromQL of the values; of a query that is asked as it is, kept within the namespace where there is one. */
export function sourceQuery({ plan, pods, namespaces, stepMs, selectBy }: WatchedSeries): string {
  const within = namespaces.length === 0 ? [] : [{ label: 'namespace', anyOf: namespaces }];
  const [only, ...others] = namespaces;
  if (plan.query !== undefined) {
    const own = only === undefined || others.length > 0 ? plan.query : restrictToNamespace(plan.query, only);
    return selectBy === 'series' ? own : `(${own}) and on (pod) ${podsSelector(pods, within)}`;
  }
  const labels = selectBy === 'series' ? labelMatches(pods) : [{ label: 'pod', operator: '!=', value: '' } as const];
  const rated = isRated(plan) ? { rateWindowMs: rateWindowOf(stepMs) } : {};
  const metric = selectorQuery({ metricName: plan.metricName, matchers: [...within, ...labels], ...rated });
  return selectBy === 'series' ? metric : `${metric} and on (namespace, pod) ${podsSelector(pods, within)}`;
}

/** The series of kube-state-metrics that stand for the chosen pods. */
function podsSelector(pods: PodChoice, within: readonly LabelMatch[]): string {
  if (pods.owner !== undefined) {
    return selectorQuery({ metricName: 'kube_pod_owner', matchers: [...within, ...ownerMatchers(pods.owner)] });
  }
  return selectorQuery({ metricName: 'kube_pod_labels', matchers: [...within, ...labelMatches(pods, podLabel)] });
}

/** As `choosesPod` of the operator: a Deployment's pods belong to its ReplicaSets, and a CronJob's to its Jobs. */
function ownerMatchers({ kind, name }: { readonly kind: string; readonly name: string }): LabelMatch[] {
  const [owner, ending] =
    kind === 'Deployment' ? ['ReplicaSet', '-[a-z0-9]+'] : kind === 'CronJob' ? ['Job', '-[0-9]+'] : [kind, ''];
  const named: LabelMatch =
    ending === ''
      ? { label: 'owner_name', operator: '=', value: name }
      : { label: 'owner_name', operator: '=~', value: `${escapePattern(name)}${ending}` };
  return [{ label: 'owner_kind', operator: '=', value: owner ?? kind }, named];
}

/** What kube-state-metrics calls a pod's label: `app.kubernetes.io/partOf` is `label_app_kubernetes_io_part_of`. */
function podLabel(label: string): string {
  const plain = label.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return `label_${plain.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`;
}
