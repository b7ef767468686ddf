import { describe, expect, it } from 'vitest';
import { CALLS } from './calls.ts';
import type { KubeRole } from './contract.ts';
import { type PolicyRule, rightsOf } from './rights.ts';

describe('the rights of a role', () => {
  it('are few rules, in an order that does not change', () => {
    const { cluster, namespace } = rightsOf('operator');
    expect(cluster).toContainEqual({ apiGroups: [''], resources: ['pods', 'services'], verbs: ['list', 'watch'] });
    expect(cluster).toContainEqual({ apiGroups: [''], resources: ['services/proxy'], verbs: ['get'] });
    expect(namespace).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['tidewatch-operator'],
        verbs: ['get', 'update'],
      },
    ]);
    expect(rightsOf('operator', Object.values(CALLS).toReversed())).toEqual({ cluster, namespace });
  });

  it('are what the role calls, and nothing else', () => {
    const roles: readonly KubeRole[] = [
      ...(['keeper', 'operator', 'analyser', 'admission'] as const),
      ...(['certificates', 'observer', 'installer'] as const),
    ];
    for (const role of roles) {
      const { cluster, namespace } = rightsOf(role);
      const flat = (rules: readonly PolicyRule[]) =>
        rules.flatMap(({ apiGroups, resources, resourceNames = [], verbs }) =>
          resources.flatMap((resource) => verbs.map((verb) => `${apiGroups} ${resource} ${resourceNames} ${verb}`)),
        );
      const wanted = (scope: string) =>
        Object.values(CALLS)
          .filter((call) => call.scope === scope && (call.roles as readonly KubeRole[]).includes(role))
          .map((call) => {
            const sub = 'subresource' in call && call.subresource !== undefined ? `/${call.subresource}` : '';
            const names = 'names' in call && call.names !== undefined ? call.names.join() : '';
            return `${call.group} ${call.resource}${sub} ${names} ${call.verb}`;
          });
      expect(flat(cluster).sort()).toEqual(wanted('cluster').sort());
      expect(flat(namespace).sort()).toEqual(wanted('namespace').sort());
    }
  });

  it('are none for who calls nothing', () => {
    expect(rightsOf('analyser')).toEqual({ cluster: [], namespace: [] });
  });
});
