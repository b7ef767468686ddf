// The rights that each role's account needs, from the calls that the code makes. Rules are as few as they can be without
// giving more: resources of one group share a rule when verbs and names are the same. The order never changes by itself,
// so that generated files differ only when a right does.
import { CALLS } from './calls.ts';
import type { KubeCall, KubeRole } from './contract.ts';

/** As in `rules` of a Role and a ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Rights {
  /** For a ClusterRole. */
  readonly cluster: readonly PolicyRule[];
  /** For a Role in the namespace that Tidewatch runs in. */
  readonly namespace: readonly PolicyRule[];
}

export function rightsOf(role: KubeRole, calls: readonly KubeCall[] = Object.values(CALLS)): Rights {
  const own = calls.filter(({ roles }) => roles.includes(role));
  return {
    cluster: rulesOf(own.filter(({ scope }) => scope === 'cluster')),
    namespace: rulesOf(own.filter(({ scope }) => scope === 'namespace')),
  };
}

function rulesOf(calls: readonly KubeCall[]): PolicyRule[] {
  const resourceOf = ({ resource, subresource }: KubeCall) =>
    subresource === undefined ? resource : `${resource}/${subresource}`;
  const byResource = gather(calls, (call) => [call.group, resourceOf(call), namesOf(call)]).map((same) => {
    const [first] = same;
    return { ...describe(first), resource: resourceOf(first), verbs: sorted(same.map(({ verb }) => verb)) };
  });
  const byVerbs = gather(byResource, ({ group, names, verbs }) => [group, names, verbs]);
  return byVerbs
    .map((same): PolicyRule => {
      const [{ group, names, verbs }] = same;
      const resources = sorted(same.map(({ resource }) => resource));
      return { apiGroups: [group], resources, ...(names.length === 0 ? {} : { resourceNames: names }), verbs };
    })
    .sort((a, b) => compare(orderOf(a), orderOf(b)));
}

function describe(call: KubeCall) {
  return { group: call.group, names: namesOf(call) };
}

function namesOf({ names = [] }: KubeCall): string[] {
  return sorted(names);
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compare);
}

/** By code units: a language's order would differ between machines. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function orderOf({ apiGroups, resources, resourceNames = [], verbs }: PolicyRule): string {
  return JSON.stringify([apiGroups, resources, resourceNames, verbs].map(String));
}

function gather<T>(items: readonly T[], keyOf: (item: T) => unknown): (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
