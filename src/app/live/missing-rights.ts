// Which rights somebody lacks, all at once: a start that is refused would else name one, and the next start another. The
// API server is asked about each call that will be made; everybody may ask that of himself.
import { AppError } from '#kit/errors.ts';
import { CALLS, DETECTOR_GROUP } from '#kube/calls.ts';
import type { KubeCall, KubeClient, KubeRole } from '#kube/contract.ts';
import { type PolicyRule, rightsOf } from '#kube/rights.ts';

export interface NeededCalls {
  readonly calls: readonly KubeCall[];
  /** For those of one namespace. */
  readonly namespace: string;
  /** Of the detectors. */
  readonly group?: string;
}

/** What these roles call; without a proxy where Prometheus has an address of its own. */
export function callsOf(roles: readonly KubeRole[], { isProxied }: { readonly isProxied: boolean }): KubeCall[] {
  return Object.values<KubeCall>(CALLS).filter(
    (call) => call.roles.some((role) => roles.includes(role)) && (isProxied || call.subresource !== 'proxy'),
  );
}

/** Those that the API server will not let us make; none where it does not say. */
export async function missingCalls(client: KubeClient, needed: NeededCalls): Promise<readonly KubeCall[]> {
  const answers = await Promise.all(needed.calls.map((call) => mayCall(client, call, needed)));
  return needed.calls.filter((_, index) => answers[index] === false);
}

/** The refusal of one call, as one of all that will be refused. Any other error is what it was. */
export async function withAllMissing(error: unknown, client: KubeClient, needed: NeededCalls): Promise<unknown> {
  if (!(error instanceof AppError) || error.code !== 'forbidden') return error;
  const user = /^([\w.:@-]+) may not /.exec(error.message)?.[1];
  if (user === undefined) return error;
  const missing = await missingCalls(client, needed).catch(() => []);
  if (missing.length === 0) return error;
  return new AppError('forbidden', missingText(missing, user, needed.namespace), { cause: error });
}

/** What is missing, a line each, and the commands that grant it. */
export function missingText(missing: readonly KubeCall[], user: string | undefined, namespace: string): string {
  // The rules of a role of its own that makes these calls and no other.
  const rights = rightsOf(
    'observer',
    missing.map((call) => ({ ...call, roles: ['observer'] })),
  );
  const rules = [
    ...rights.cluster.map((rule) => ({ rule, place: undefined })),
    ...rights.namespace.map((rule) => ({ rule, place: namespace })),
  ];
  const lines = rules.map(({ rule, place }) => `  ${ruleText(rule)}${place === undefined ? '' : ` in ${place}`}`);
  const grants =
    user === undefined ? [] : rules.flatMap(({ rule, place }, index) => grantsOf(rule, place, user, index + 1));
  const grant = grants.length === 0 ? [] : ['Grant them with', ...grants.map((command) => `  ${command}`)];
  const who = user ?? 'This account';
  return [`${who} may not do all that this needs. Missing are the rights to`, ...lines, ...grant].join('\n');
}

async function mayCall(client: KubeClient, call: KubeCall, { namespace, group }: NeededCalls): Promise<boolean> {
  const { verb, resource, subresource, names } = call;
  const resourceAttributes = {
    ...{ verb, resource, group: call.group === DETECTOR_GROUP ? (group ?? call.group) : call.group },
    ...(subresource === undefined ? {} : { subresource }),
    ...(names === undefined ? {} : { name: names[0] }),
    ...(call.scope === 'namespace' ? { namespace } : {}),
  };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const answer = await client.request<{ readonly status?: { readonly allowed?: boolean } }>(
    CALLS.reviewAccess,
    {},
    { body },
  );
  return answer.status?.allowed !== false;
}

function ruleText({ verbs, apiGroups, resources, resourceNames = [] }: PolicyRule): string {
  const [group = ''] = apiGroups;
  const of = group === '' ? '' : ` (${group})`;
  return `${verbs.join(', ')} ${resources.join(', ')}${of}${resourceNames.map((name) => ` "${name}"`).join()}`;
}

/** A role of the one rule, and a binding of the same name. */
function grantsOf(rule: PolicyRule, place: string | undefined, user: string, number: number): string[] {
  const [group = ''] = rule.apiGroups;
  const name = `tidewatch-${user.split(':').at(-1)}-${number}`.toLowerCase().replace('@', '-');
  const [kind, flags] = place === undefined ? ['clusterrole', ''] : ['role', ` -n ${place}`];
  const resources = rule.resources.map((resource) => {
    const [plural, ...sub] = resource.split('/');
    return [group === '' ? plural : `${plural}.${group}`, ...sub].join('/');
  });
  const objects = (rule.resourceNames ?? []).map((object) => ` --resource-name=${object}`).join('');
  return [
    `kubectl create ${kind} ${name} --verb=${rule.verbs.join(',')} --resource=${resources.join(',')}${objects}${flags}`,
    `kubectl create ${kind}binding ${name} --${kind}=${name} --user=${user}${flags}`,
  ];
}
