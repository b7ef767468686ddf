// Which services choose which pod, without looking at every service for every pod: services lie under one pair of their
// selector, the rarest of those they have, and what a pod was found to have is remembered until it or a selector of its
// namespace changes.
import type { PodRecord, ServiceRecord } from '#kube/objects.ts';
import { matchesSelector } from '#kube/objects.ts';

export interface ServiceIndex {
  put(service: ServiceRecord, before?: ServiceRecord): void;
  remove(service: ServiceRecord): void;
  /** The pod came, went or changed. */
  forgetPod(pod: Pick<PodRecord, 'namespace' | 'name'>): void;
  /** Names of the services that choose it. */
  of(pod: PodRecord): readonly string[];
  /** Namespaces that have a service of this name. */
  namespacesOf(name: string): readonly string[];
  namespaces(): Iterable<string>;
  /** Of a namespace, by name. */
  in(namespace: string): ReadonlyMap<string, ServiceRecord>;
}

interface Namespace {
  readonly services: Map<string, ServiceRecord>;
  /** `label=value` → services that ask for it. */
  readonly byPair: Map<string, Set<ServiceRecord>>;
  /** Service → its pair. */
  readonly pairs: Map<string, string>;
  readonly chosen: Map<string, readonly string[]>;
}

const NONE: readonly string[] = [];
const NO_SERVICES: ReadonlyMap<string, ServiceRecord> = new Map();

export function createServiceIndex(): ServiceIndex {
  const byNamespace = new Map<string, Namespace>();

  const remove = ({ namespace, name }: ServiceRecord) => {
    const within = byNamespace.get(namespace);
    const held = within?.services.get(name);
    if (within === undefined || held === undefined) return;
    within.services.delete(name);
    within.chosen.clear();
    takeOut(within, held);
    if (within.services.size === 0) byNamespace.delete(namespace);
  };
  return {
    put: (service, before) => {
      const within = byNamespace.get(service.namespace) ?? emptyNamespace();
      const isSame =
        before !== undefined && sameSelector(before, service) && within.services.get(service.name) === before;
      // What it is chosen by stays; its ports and labels are nobody's business here.
      if (!isSame) remove(service);
      else takeOut(within, before);
      byNamespace.set(service.namespace, within);
      within.services.set(service.name, service);
      putIn(within, service);
      if (!isSame) within.chosen.clear();
    },
    remove,
    forgetPod: ({ namespace, name }) => {
      byNamespace.get(namespace)?.chosen.delete(name);
    },
    of: (pod) => {
      const within = byNamespace.get(pod.namespace);
      if (within === undefined) return NONE;
      const known = within.chosen.get(pod.name);
      if (known !== undefined) return known;
      const found = choosing(within, pod);
      within.chosen.set(pod.name, found);
      return found;
    },
    namespacesOf: (name) =>
      [...byNamespace].filter(([, { services }]) => services.has(name)).map(([namespace]) => namespace),
    namespaces: () => byNamespace.keys(),
    in: (namespace) => byNamespace.get(namespace)?.services ?? NO_SERVICES,
  };
}

function emptyNamespace(): Namespace {
  return { services: new Map(), byPair: new Map(), pairs: new Map(), chosen: new Map() };
}

function putIn({ byPair, pairs }: Namespace, service: ServiceRecord): void {
  const size = (pair: string) => byPair.get(pair)?.size ?? 0;
  const [rarest] = Object.entries(service.selector)
    .map(([label, value]) => `${label}=${value}`)
    .sort((one, other) => size(one) - size(other));
  // Without a selector it chooses no pods by itself.
  if (rarest === undefined) return;
  pairs.set(service.name, rarest);
  byPair.set(rarest, (byPair.get(rarest) ?? new Set()).add(service));
}

function takeOut({ byPair, pairs }: Namespace, service: ServiceRecord): void {
  const pair = pairs.get(service.name);
  if (pair === undefined) return;
  pairs.delete(service.name);
  const services = byPair.get(pair);
  services?.delete(service);
  if (services?.size === 0) byPair.delete(pair);
}

function choosing({ byPair }: Namespace, { labels }: PodRecord): readonly string[] {
  const names: string[] = [];
  for (const [label, value] of Object.entries(labels)) {
    for (const { name, selector } of byPair.get(`${label}=${value}`) ?? []) {
      if (matchesSelector(selector, labels)) names.push(name);
    }
  }
  return names.length === 0 ? NONE : names.sort();
}

function sameSelector(one: ServiceRecord, other: ServiceRecord): boolean {
  return JSON.stringify(one.selector) === JSON.stringify(other.selector);
}
