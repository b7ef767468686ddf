// Which pods a detector selects, without the operator's watch of them: of a cluster that somebody named, or as far as
// kube-state-metrics has told the Prometheus, which seldom has all labels.
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { selectorQuery } from '#collect/prometheus/selector-query.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { listPages } from '#kube/list-pages.ts';
import { type PodRecord, toPod } from '#kube/objects.ts';
import { choosesPod, type PodChoice } from '#operator/watch.ts';

/** Names; `any` where nobody knows which ones. */
export type ChosenPods = readonly string[] | 'any';
export type FindPods = (namespace: string, choice: PodChoice) => Promise<ChosenPods>;

/** By what the cluster says now. Rejects as the API server does. */
export function podsOfCluster(client: KubeClient): FindPods {
  const known = new Map<string, Promise<readonly PodRecord[]>>();
  const list = async (namespace: string) => {
    const { records } = await listPages<PodRecord>({
      ...{ client, call: CALLS.listPods, target: { namespace }, query: {}, pageSize: 500, project: toPod },
      ...{ signal: new AbortController().signal, onPage: () => undefined, onUnread: () => undefined },
    });
    return [...records.values()];
  };
  return async (namespace, choice) => {
    const pods = known.get(namespace) ?? list(namespace);
    known.set(namespace, pods);
    const isOver = ({ deleting, phase }: PodRecord) => deleting || phase === 'Succeeded' || phase === 'Failed';
    return namesOf((await pods).filter((pod) => !isOver(pod) && choosesPod(choice, pod)));
  };
}

/** By what kube-state-metrics says; `any` where it does not say what the detector asks for. */
export function podsOfPrometheus(ask: (promql: string) => Promise<readonly FetchedSeries[]>): FindPods {
  const known = new Map<string, Promise<readonly FetchedSeries[]>>();
  const askOnce = (metricName: string, namespace: string) => {
    const promql = selectorQuery({ metricName, matchers: [{ label: 'namespace', operator: '=', value: namespace }] });
    const asked = known.get(promql) ?? ask(promql);
    known.set(promql, asked);
    return asked;
  };
  return async (namespace, choice) => {
    if (choice.owner !== undefined) {
      const owners = await askOnce('kube_pod_owner', namespace);
      if (owners.length === 0) return 'any';
      return namesOf(
        owners.filter((series) => choosesPod(choice, ownedPod(series))).map(({ labels }) => named(labels)),
      );
    }
    const keys = [...Object.keys(choice.labels), ...choice.expressions.map(({ key }) => key)];
    const pods = await askOnce('kube_pod_labels', namespace);
    // A label that no pod has may be one that it was not told to tell.
    if (!keys.every((key) => pods.some(({ labels }) => labels[labelOf(key)] !== undefined))) return 'any';
    const chosen = pods.filter(({ labels }) => {
      const own = keys.flatMap((key) =>
        labels[labelOf(key)] === undefined ? [] : [[key, labels[labelOf(key)] ?? '']],
      );
      return choosesPod(choice, { labels: Object.fromEntries(own) });
    });
    return namesOf(chosen.map(({ labels }) => named(labels)));
  };
}

/** A Deployment's pods are those of the ReplicaSet of its name and a hash, which stands at the end of that one's name. */
function ownedPod({ labels: { owner_kind: kind = '', owner_name: name = '' } }: FetchedSeries) {
  return { labels: { 'pod-template-hash': name.split('-').at(-1) ?? '' }, owner: { kind, name } };
}

/** As kube-state-metrics writes the name of a pod's label. */
function labelOf(key: string): string {
  return `label_${key.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`;
}

function named({ pod = '' }: FetchedSeries['labels']) {
  return { name: pod };
}

function namesOf(pods: readonly { readonly name: string }[]): string[] {
  return [...new Set(pods.map(({ name }) => name).filter((name) => name !== ''))].sort();
}
