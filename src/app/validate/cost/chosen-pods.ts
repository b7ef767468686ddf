// Which pods a detector selects, without the operator's watch of them: of a cluster that somebody named, or as far as
// kube-state-metrics has told the Prometheus, which seldom has all labels.
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { chosenLabels } from '#collect/prometheus/label-matches.ts';
import { selectorQuery } from '#collect/prometheus/selector-query.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { listPages } from '#kube/list-pages.ts';
import { type PodRecord, toPod } from '#kube/objects.ts';
import { chosenPods, type WatchedPod } from '#operator/detector-plans.ts';
import type { Watch } from '#operator/watch.ts';

/** Names; `any` where nobody knows which ones. */
export type PodNames = readonly string[] | 'any';
/** By namespace; undefined where not even the namespaces are known. `own` is the detector's. */
export type FindPods = (watch: Watch, own: string) => Promise<ReadonlyMap<string, PodNames> | undefined>;

/** By what the cluster says now. Rejects as the API server does. */
export function podsOfCluster(client: KubeClient): FindPods {
  const known = new Map<string, Promise<readonly PodRecord[]>>();
  const list = async (namespace: string) => {
    const { records } = await listPages<PodRecord>({
      ...{ client, call: CALLS.listPods, query: {}, pageSize: 500, project: toPod },
      target: namespace === '' ? {} : { namespace },
      ...{ signal: new AbortController().signal, onPage: () => undefined, onUnread: () => undefined },
    });
    return [...records.values()];
  };
  return async (watch, own) => {
    const pods = await Promise.all(whereOf(watch, own).map((namespace) => once(known, namespace ?? '', list)));
    return chosenPods(watch, pods.flat());
  };
}

/** By what kube-state-metrics says; `any` where it does not say what the detector asks for. */
export function podsOfPrometheus(ask: (promql: string) => Promise<readonly FetchedSeries[]>): FindPods {
  const known = new Map<string, Promise<readonly FetchedSeries[]>>();
  const tell = async (metricName: string, where: readonly (string | undefined)[]) => {
    const told = where.map((namespace) => {
      const matchers =
        namespace === undefined ? [] : [{ label: 'namespace', operator: '=', value: namespace } as const];
      return once(known, selectorQuery({ metricName, matchers }), ask);
    });
    return (await Promise.all(told)).flat();
  };
  return async (watch, own) => {
    const where = whereOf(watch, own);
    if (watch.pods.owner !== undefined) {
      const owners = await tell('kube_pod_owner', where);
      return owners.length === 0 ? anyIn(where) : chosenPods(watch, owners.map(ownedPod));
    }
    const keys = chosenLabels(watch.pods);
    const pods = await tell('kube_pod_labels', where);
    // A label that no pod has may be one that it was not told to tell.
    if (!keys.every((key) => pods.some((pod) => pod.labels[labelOf(key)] !== undefined))) return anyIn(where);
    return chosenPods(
      watch,
      pods.map((pod) => labelledPod(pod, keys)),
    );
  };
}

/** [undefined] is everywhere. */
function whereOf({ namespaces }: Watch, own: string): readonly (string | undefined)[] {
  if (namespaces === undefined) return [own];
  return namespaces.length === 0 ? [undefined] : namespaces;
}

function anyIn(where: readonly (string | undefined)[]): ReadonlyMap<string, PodNames> | undefined {
  const namespaces = where.filter((namespace) => namespace !== undefined);
  return namespaces.length < where.length ? undefined : new Map(namespaces.map((namespace) => [namespace, 'any']));
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: (key: string) => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? ask(key);
  known.set(key, asked);
  return asked;
}

/** A Deployment's pods are those of the ReplicaSet of its name and a hash, which stands at the end of that one's name. */
function ownedPod(series: FetchedSeries): WatchedPod {
  const { owner_kind: kind = '', owner_name: name = '' } = series.labels;
  return {
    ...podOf(series),
    labels: { 'pod-template-hash': name.split('-').at(-1) ?? '' },
    owner: { kind, name },
  };
}

function labelledPod(series: FetchedSeries, keys: readonly string[]): WatchedPod {
  const own = keys.flatMap((key): [string, string][] => {
    const value = series.labels[labelOf(key)];
    return value === undefined ? [] : [[key, value]];
  });
  return { ...podOf(series), labels: Object.fromEntries(own) };
}

function podOf({ labels: { namespace = '', pod = '' } }: FetchedSeries): Omit<WatchedPod, 'labels'> {
  // One that has ended has no series that could be counted.
  return { namespace, name: pod, phase: '', deleting: false };
}

/** As kube-state-metrics writes the name of a pod's label: in snake case (its internal/store/utils.go). */
function labelOf(key: string): string {
  const plain = key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return `label_${plain.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`;
}
