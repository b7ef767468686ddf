// What the API server refused, or why it could not be asked, as a sentence with what to do. Callers decide by `status` and
// `reason`; people read the message, which for a missing right names it and gives the command that shows it.
import { AppError, type ErrorCode } from '#kit/errors.ts';
import type { KubeCall, KubeTarget } from './contract.ts';
import { resourceOf } from './kube-path.ts';

/** A page of maintenance before the API server may ask for a day; nothing would wake who sleeps so long. */
const MOST_RETRY_AFTER_MS = 300_000;

/** `status` 0: there was no answer (`Unreachable`, `Untrusted`, `Timeout`, `Aborted`, `Unreadable`). */
export class KubeError extends AppError {
  readonly status: number;
  /** The API server's word, e.g. `Expired`, `Conflict`, or one of ours for status 0. */
  readonly reason: string;
  /** How long the server wants to be left alone; never more than five minutes. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    options: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(codeOf(status, reason), message, {
      cause: options.cause,
      retryable: (status === 0 && reason !== 'Aborted') || status === 409 || status === 429 || status >= 500,
    });
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs =
      options.retryAfterMs === undefined ? undefined : Math.min(options.retryAfterMs, MOST_RETRY_AFTER_MS);
  }
}

export function hasStatus(error: unknown, status: number): error is KubeError {
  return error instanceof KubeError && error.status === status;
}

function codeOf(status: number, reason: string): ErrorCode {
  if (status === 0) return reason === 'Untrusted' ? 'bad-config' : 'unavailable';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409) return 'in-use';
  if (status === 400 || status === 422) return 'bad-input';
  return status === 429 || status >= 500 || status === 410 ? 'unavailable' : 'internal';
}

/** The body of a refusal, and of an ERROR in a watch. */
export interface KubeStatus {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  /** Where Prometheus, behind a proxy, says what was wrong. */
  readonly error?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

export interface Refusal {
  readonly call: KubeCall;
  readonly target: KubeTarget;
  readonly server: string;
  readonly status: number;
  readonly body: KubeStatus;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
}

export function refusalError(refusal: Refusal): KubeError {
  const { status, body } = refusal;
  const seconds = Number(refusal.retryAfter ?? body.details?.retryAfterSeconds ?? Number.NaN);
  return new KubeError(status, body.reason ?? `Http${status}`, sentenceOf(refusal), {
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
  });
}

function sentenceOf(refusal: Refusal): string {
  const { call, target, server, status, body } = refusal;
  const what = `${call.verb} ${describe(call, target)}`;
  const message = body.message ?? body.error ?? '';
  const said = message === '' ? '' : `: ${message.slice(0, 1000)}`;
  // Behind a proxy somebody else answers.
  const isProxied = call.subresource === 'proxy' && !message.includes(' cannot ');
  if (isProxied && status !== 401) return `the answer to ${what}${target.path ?? ''} at ${server} was ${status}${said}`;
  if (status === 401) {
    return (
      `the API server at ${server} does not know who asks (401, ${what}): the token or certificate is wrong or has ` +
      'run out; log in again, or see with "kubectl auth whoami" whether kubectl may do it'
    );
  }
  if (status === 403) return missingRight(refusal) ?? `the API server refused to ${what} (403)${said}`;
  if (status === 404) {
    return target.name === undefined
      ? `the API server knows no ${resourceOf(call)} (404): is the resource installed? See with "kubectl api-resources"`
      : `there is no ${describe(call, target)} (404)${said}`;
  }
  return `the API server answered ${status} to ${what}${said}`;
}

/** Admission and quotas answer with 403, too; only RBAC says who "cannot" do what. */
function missingRight({ call, target, body }: Refusal): string | undefined {
  const message = body.message ?? '';
  if (message !== '' && !/ cannot \w+ /.test(message)) return undefined;
  const user = /User "([\w.:@-]+)" cannot /.exec(message)?.[1];
  const resource = call.subresource === undefined ? call.resource : `${call.resource}/${call.subresource}`;
  const group = call.group === '' ? 'of the core group' : `of ${call.group}`;
  const scope = target.namespace === undefined ? 'in all namespaces' : `in the namespace ${target.namespace}`;
  const flags = [
    ...(call.subresource === undefined ? [] : [`--subresource=${call.subresource}`]),
    target.namespace === undefined ? '--all-namespaces' : `--namespace=${target.namespace}`,
    ...(user === undefined ? [] : [`--as=${user}`]),
  ];
  const object = call.names === undefined ? resourceOf(call) : `${resourceOf(call)}/${target.name}`;
  return (
    `${user ?? 'this account'} may not ${call.verb} ${describe(call, target)}: it needs the right "${call.verb}" on ` +
    `"${resource}" ${group} ${scope}. ${user === undefined ? '' : grantOf(call, target, user)}` +
    `See it with: kubectl auth can-i ${call.verb} ${object} ${flags.join(' ')}`
  );
}

/** What gives the one right to the one user: a role and a binding, both named after them. */
function grantOf(call: KubeCall, { namespace, name }: KubeTarget, user: string): string {
  const sub = call.subresource === undefined ? '' : `/${call.subresource}`;
  const own = `tidewatch-${call.verb}-${call.resource}-${user.split(':').at(-1)}`.toLowerCase().replace('@', '-');
  const [role, flags] = namespace === undefined ? ['clusterrole', ''] : ['role', ` -n ${namespace}`];
  const object = call.names === undefined || name === undefined ? '' : ` --resource-name=${name}`;
  const rule = `--verb=${call.verb} --resource=${resourceOf(call)}${sub}${object}`;
  return (
    `Grant it with: kubectl create ${role} ${own} ${rule}${flags} && ` +
    `kubectl create ${role}binding ${own} --${role}=${own} --user=${user}${flags}. `
  );
}

function describe(call: KubeCall, { namespace, name }: KubeTarget): string {
  const sub = call.subresource === undefined ? '' : `/${call.subresource}`;
  const object = name === undefined ? '' : ` "${name}"`;
  return `${resourceOf(call)}${sub}${object}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

const TRUST = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ERR_TLS/;

/** For a request that got no answer, or only a part of one. */
export function connectionError(server: string, what: string, cause: unknown): KubeError {
  const code = codeWithin(cause);
  if (TRUST.test(code)) {
    const sentence =
      `the certificate of the API server at ${server} is not trusted (${code}): the kubeconfig's ` +
      'certificate-authority does not belong to it; fetch the kubeconfig again';
    return new KubeError(0, 'Untrusted', sentence, { cause });
  }
  const sentence =
    `no answer from the API server at ${server} (${what}: ${code}): is it running, and is its address right? ` +
    'See with "kubectl cluster-info"';
  return new KubeError(0, 'Unreachable', sentence, { cause });
}

function codeWithin(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.message : codeWithin(error.cause);
}
