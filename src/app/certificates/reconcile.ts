// Brings the Secrets to what they should be, one write after the other, each decided from what is there. A write that
// somebody else was faster with is no failure: it is decided anew.
import type { Log } from '#kit/log.ts';
import { hasStatus } from '#kube/kube-error.ts';
import { decide, type Lives, type Step } from './decide.ts';
import { AUTHORITIES_FILE, type Authority, factsOf, idOf, type Known } from './facts.ts';
import { makeAuthority, makeLeaf, TLS_ROLES, type TlsRole } from './issue.ts';
import type { Files, SecretStore, Secrets } from './secrets.ts';

export interface ReconcileDeps {
  readonly secrets: SecretStore;
  readonly namespace: string;
  readonly lives: Lives;
  nowMs(): number;
  readonly log: Log;
}

/** When each certificate ends; a role without one is absent. */
export type Ends = Readonly<Partial<Record<TlsRole | 'authority', number>>>;

/** More than any change needs; whoever writes against us that often has to be told apart from a slow server. */
const MOST_WRITES = 20;

/** Resolves when nothing is left to do. Rejects with what the API server refused. */
export async function reconcile(deps: ReconcileDeps, signal?: AbortSignal): Promise<Ends> {
  const { secrets, namespace, lives, nowMs, log } = deps;
  for (let writes = 0; ; writes++) {
    const seen = await secrets.read(signal);
    const known = factsOf(seen, namespace);
    const step = decide(known, nowMs(), lives);
    if (step === undefined || writes === MOST_WRITES) {
      if (step !== undefined) log.warn({ writes }, 'somebody else changes the Secrets of certificates all the time');
      return endsOf(known);
    }
    try {
      await write(step, seen, known, deps, signal);
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      log.info('somebody else wrote a Secret at the same time: looking again');
    }
  }
}

async function write(
  step: Step,
  seen: Secrets,
  known: Known,
  deps: ReconcileDeps,
  signal?: AbortSignal,
): Promise<void> {
  const { secrets, namespace, lives, log } = deps;
  const nowMs = deps.nowMs();
  if (step.write === 'authorities') {
    const list = step.list.map(({ id, canSign, sharedMs, untilMs }): Authority => {
      const key = canSign ? known.written.find(({ certificate }) => idOf(certificate) === id)?.key : undefined;
      return { certificate: pemOf(known, id), ...definedOf({ key, sharedMs, untilMs }) };
    });
    if (step.make !== undefined) {
      const made = await makeAuthority(namespace, { nowMs, endMs: nowMs + lives.authority });
      list.push({ ...made, ...step.make });
    }
    const text = `${JSON.stringify(list, null, 2)}\n`;
    await secrets.write(seen.authority, { [AUTHORITIES_FILE]: text }, signal);
    log.info({ authorities: list.length, made: step.make !== undefined }, 'wrote the authorities');
    return;
  }
  const { role, leaf } = step;
  const before = seen.roles[role];
  const pair = leaf && (await makeLeaf(role, namespace, signerOf(known, leaf.signer), { nowMs, endMs: leaf.endMs }));
  const files: Files = {
    'ca.crt': step.bundle.map((id) => pemOf(known, id)).join(''),
    'tls.crt': pair?.certificate ?? before.files['tls.crt'] ?? '',
    'tls.key': pair?.key ?? before.files['tls.key'] ?? '',
  };
  await secrets.write(before, files, signal);
  const ends = leaf === undefined ? {} : { ends: new Date(leaf.endMs).toISOString() };
  log.info({ role, authorities: step.bundle.length, ...ends }, 'wrote the certificates of a role');
}

function pemOf({ certificates }: Known, id: string): string {
  return certificates.get(id) ?? '';
}

function signerOf({ written }: Known, id: string) {
  const { certificate = '', key = '' } = written.find((one) => idOf(one.certificate) === id) ?? {};
  return { certificate, key };
}

function definedOf(fields: { key: string | undefined; sharedMs: number | undefined; untilMs: number | undefined }) {
  const { key, sharedMs, untilMs } = fields;
  return {
    ...(key !== undefined && { key }),
    ...(sharedMs !== undefined && { sharedMs }),
    ...(untilMs !== undefined && { untilMs }),
  };
}

function endsOf({ authorities, roles }: Known): Ends {
  const ends = TLS_ROLES.flatMap((role) => {
    const { leaf } = roles[role];
    return leaf === undefined ? [] : [[role, leaf.endMs] as const];
  });
  const authority = authorities.findLast(({ canSign }) => canSign)?.endMs;
  return { ...Object.fromEntries(ends), ...(authority !== undefined && { authority }) };
}
