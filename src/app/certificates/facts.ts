// What the Secrets say, as far as it matters to what is written next: which authorities there are, which of them each role
// trusts, and whether its certificate is any good.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { certificatesIn, identityOf } from '#kit/certificates.ts';
import { AppError } from '#kit/errors.ts';
import { AUTHORITY_SECRET } from '../manifests/roles.ts';
import type { AuthorityFact, Facts, RoleFact } from './decide.ts';
import { TLS_ROLES, type TlsRole } from './issue.ts';
import type { Files, Secrets } from './secrets.ts';

/** The key of the Secret of authorities. */
export const AUTHORITIES_FILE = 'authorities.json';

/** As it is written down, the oldest first. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Gone once another one signs. */
  readonly key?: string;
  readonly sharedMs?: number;
  readonly untilMs?: number;
}

export interface Known extends Facts {
  /** PEM by id, of authorities that are written down and of those that roles trust. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly written: readonly Authority[];
}

/** Throws `bad-input` for a list of authorities that cannot be read: to begin anew is not for a program to decide. */
export function factsOf({ authority, roles }: Secrets, namespace: string): Known {
  const written = readAuthorities(authority.files);
  const certificates = new Map(written.map((one) => [idOf(one.certificate), one.certificate]));
  const authorities = written.map(({ certificate, key, sharedMs, untilMs }): AuthorityFact => {
    const endMs = new X509Certificate(certificate).validToDate.getTime();
    const known = { ...(sharedMs !== undefined && { sharedMs }), ...(untilMs !== undefined && { untilMs }) };
    return { id: idOf(certificate), endMs, canSign: key !== undefined, ...known };
  });
  const bundles = TLS_ROLES.map((role) => [role, bundleOf(roles[role].files)] as const);
  // Without a list of its own, what roles trust already is what it begins with.
  const isNew = written.length === 0;
  for (const [, bundle] of bundles) for (const one of isNew ? bundle : []) certificates.set(idOf(one), one);
  const facts = bundles.map(([role, bundle]): [TlsRole, RoleFact] => {
    const leaf = leafOf(roles[role].files, `spiffe://tidewatch/${namespace}`, role, certificates);
    return [role, { bundle: bundle.map(idOf), ...(leaf && { leaf }) }];
  });
  const ofRoles = Object.fromEntries(facts) as Record<TlsRole, RoleFact>;
  return { authorities, roles: ofRoles, foreign: isNew ? foreignIn(ofRoles, certificates) : [], certificates, written };
}

/** Throws for what is no certificate. */
export function idOf(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256;
}

function readAuthorities(files: Files): Authority[] {
  const text = files[AUTHORITIES_FILE];
  if (text === undefined) return [];
  try {
    const list = JSON.parse(text) as Authority[];
    for (const { certificate, key } of list) {
      const own = new X509Certificate(certificate);
      const isOwn = key === undefined || own.checkPrivateKey(createPrivateKey(key));
      if (!isOwn) throw new Error('a key is of another authority');
    }
    return list;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const how = `to begin anew, remove its key ${AUTHORITIES_FILE}; roles go on with what they have meanwhile`;
    throw new AppError('bad-input', `the Secret ${AUTHORITY_SECRET} cannot be read (${why}): ${how}`, { cause });
  }
}

function bundleOf(files: Files): string[] {
  try {
    const bundle = certificatesIn(files['ca.crt'] ?? '');
    for (const one of bundle) new X509Certificate(one);
    return bundle;
  } catch {
    return [];
  }
}

/** Undefined for one that its role could not use, or that nobody would believe. */
function leafOf(
  files: Files,
  installation: string,
  role: TlsRole,
  authorities: ReadonlyMap<string, string>,
): RoleFact['leaf'] {
  try {
    const leaf = new X509Certificate(files['tls.crt'] ?? '');
    const identity = identityOf(leaf.subjectAltName);
    if (identity?.role !== role || identity.installation !== installation) return undefined;
    if (!leaf.checkPrivateKey(createPrivateKey(files['tls.key'] ?? ''))) return undefined;
    for (const [id, pem] of authorities) {
      const authority = new X509Certificate(pem);
      if (leaf.checkIssued(authority) && leaf.verify(authority.publicKey)) {
        return { issuer: id, endMs: leaf.validToDate.getTime() };
      }
    }
  } catch {
    // Nothing there, or nothing that can be used.
  }
  return undefined;
}

function foreignIn(roles: Facts['roles'], certificates: ReadonlyMap<string, string>): AuthorityFact[] {
  const leaves = TLS_ROLES.flatMap((role) => roles[role].leaf ?? []);
  return [...new Set(leaves.map(({ issuer }) => issuer))].map((id) => {
    const endMs = new X509Certificate(certificates.get(id) ?? '').validToDate.getTime();
    const untilMs = Math.max(...leaves.filter(({ issuer }) => issuer === id).map((leaf) => leaf.endMs));
    return { id, endMs, canSign: false, untilMs };
  });
}
