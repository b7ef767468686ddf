// From a declared call and its target to the path of the API server. A call outside of what it declares (another name,
// no namespace where it has one) is a mistake of ours and is refused here, before any request; the parts are encoded, so
// that a name cannot lead to another object.
import { AppError } from '#kit/errors.ts';
import type { KubeCall, KubeQuery, KubeTarget, KubeVerb } from './contract.ts';

/** Verbs on one object, which is in the path. */
const NAMED: readonly KubeVerb[] = ['get', 'update', 'patch', 'delete'];

export const METHODS = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
} as const satisfies Record<KubeVerb, string>;

/** `pods`, `leases.coordination.k8s.io`: as kubectl takes it. */
export function resourceOf({ resource, group }: Pick<KubeCall, 'resource' | 'group'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** The path with its query. Throws an AppError `internal` for a call that is not as declared. */
export function pathOf(call: KubeCall, target: KubeTarget, query: KubeQuery = {}): string {
  checkTarget(call, target);
  const { group, version, resource, subresource } = call;
  const parts = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(target.namespace === undefined ? [] : ['namespaces', target.namespace]),
    ...[resource, target.name, subresource].filter((part) => part !== undefined),
  ];
  const path = `/${parts.map(encodePart).join('/')}${behindProxy(call, target)}`;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  if (call.verb === 'watch') search.set('watch', 'true');
  return search.size === 0 ? path : `${path}?${search}`;
}

function checkTarget(call: KubeCall, { namespace, name, path }: KubeTarget): void {
  const refuse = (why: string) => {
    throw new AppError('internal', `the call "${call.verb} ${resourceOf(call)}" ${why}`);
  };
  if (call.scope === 'namespace' && namespace === undefined) refuse('is declared for one namespace; none was given');
  if (NAMED.includes(call.verb) && name === undefined) refuse('needs the name of an object');
  if (!NAMED.includes(call.verb) && name !== undefined && call.subresource === undefined) {
    refuse(`is not about one object; the name "${name}" was given`);
  }
  if (call.names !== undefined && !call.names.includes(name ?? '')) {
    refuse(`is declared for ${call.names.join(', ')} only; the name "${name}" was given`);
  }
  if (path !== undefined && call.subresource !== 'proxy') refuse('leads to no proxy; a path behind it was given');
}

function behindProxy({ verb, resource }: KubeCall, { path }: KubeTarget): string {
  if (path === undefined) return '';
  if (!path.startsWith('/')) throw new AppError('internal', `${verb} ${resource}: "${path}" must begin with a slash`);
  const parts = path.slice(1).split('/');
  return `/${parts.map((part) => (part === '' ? '' : encodePart(part))).join('/')}`;
}

function encodePart(part: string): string {
  // Dots are not encoded, and would lead elsewhere.
  if (part === '' || part === '.' || part === '..') {
    throw new AppError('internal', `"${part}" cannot be a part of a path of the API server`);
  }
  return encodeURIComponent(part);
}
