// Service accounts and their rights. Every rule follows from the calls that the code makes (src/kube/calls.ts); a role
// that makes none gets no rights, and its pods no token.
import { DETECTOR_GROUP } from '#kube/calls.ts';
import { rightsOf } from '#kube/rights.ts';
import type { ManifestOptions } from './options.ts';
import { type InstalledRole, nameOf, selectorOf } from './roles.ts';

type Rights = ReturnType<typeof rightsOf>;
type Rule = Rights['cluster'][number];

const RBAC = 'rbac.authorization.k8s.io';

/** Whether the role calls the API server at all. */
export function callsApiServer(role: InstalledRole): boolean {
  const { cluster, namespace } = rightsOf(role);
  return cluster.length + namespace.length > 0;
}

export function accountOf(role: InstalledRole, { namespace, group }: ManifestOptions): object[] {
  const name = nameOf(role);
  const labels = selectorOf(role);
  const rights = rightsOf(role);
  const here = { name, namespace, labels };
  // Names of cluster roles are the whole cluster's: a second installation must not take the first one's.
  const everywhere = { name: `tidewatch:${namespace}:${role}`, labels };
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const granted = (kind: 'Role' | 'ClusterRole', metadata: { name: string }, rules: readonly Rule[]) =>
    rules.length === 0
      ? []
      : [
          { apiVersion: `${RBAC}/v1`, kind, metadata, rules: rules.map((rule) => inGroup(rule, group)) },
          {
            apiVersion: `${RBAC}/v1`,
            kind: `${kind}Binding`,
            metadata,
            roleRef: { apiGroup: RBAC, kind, name: metadata.name },
            subjects,
          },
        ];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: here, automountServiceAccountToken: false },
    ...granted('ClusterRole', everywhere, rights.cluster),
    ...granted('Role', here, rights.namespace),
  ];
}

/** The rule with the resources' group of this installation, also within the names of what is called after it. */
function inGroup({ resourceNames, ...rule }: Rule, group: string): Rule {
  const named = (name: string) => (name.endsWith(`.${DETECTOR_GROUP}`) ? name.replace(DETECTOR_GROUP, group) : name);
  return {
    apiGroups: rule.apiGroups.map((name) => (name === DETECTOR_GROUP ? group : name)),
    resources: rule.resources,
    ...(resourceNames === undefined ? {} : { resourceNames: resourceNames.map(named) }),
    verbs: rule.verbs,
  };
}
