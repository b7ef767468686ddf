// What to write next, given what the Secrets hold and the time: a pure function, so that a process that dies between two
// writes, or a second one beside it, goes on where the first was. A new authority first joins every role's bundle; only
// when all have had time to see it does it sign; the old one leaves when what it signed has ended.
import { TLS_ROLES, type TlsRole } from './issue.ts';

export interface AuthorityFact {
  /** Of its certificate. */
  readonly id: string;
  readonly endMs: number;
  /** Whether its key is there. */
  readonly canSign: boolean;
  /** Since when every role's bundle has it; 0 where no role had anything before. */
  readonly sharedMs?: number;
  /** When it leaves the bundles: it signs no more. */
  readonly untilMs?: number;
}

export interface RoleFact {
  /** Ids of the authorities in its `ca.crt`. */
  readonly bundle: readonly string[];
  /** Absent where there is none that fits its key, its role and an authority that is known. */
  readonly leaf?: { readonly issuer: string; readonly endMs: number };
}

export interface Facts {
  /** The oldest first. */
  readonly authorities: readonly AuthorityFact[];
  readonly roles: Readonly<Record<TlsRole, RoleFact>>;
  /** Authorities that nobody wrote down, which signed leaves that are in use. */
  readonly foreign: readonly AuthorityFact[];
}

/** Milliseconds. */
export interface Lives {
  readonly leaf: number;
  readonly authority: number;
  /** From when an authority is in every bundle until it signs. */
  readonly grace: number;
}

export type Step =
  /** The list as it is to be; `make`: with a new one at its end. */
  | { readonly write: 'authorities'; readonly list: readonly AuthorityFact[]; readonly make?: { sharedMs?: number } }
  /** The bundle as it is to be; `signer`: with a new leaf, which ends at `endMs`. */
  | {
      readonly write: 'role';
      readonly role: TlsRole;
      readonly bundle: readonly string[];
      readonly leaf?: { readonly signer: string; readonly endMs: number };
    };

/** Undefined when all is as it should be. */
export function decide(facts: Facts, nowMs: number, lives: Lives): Step | undefined {
  return decideAuthorities(facts, nowMs, lives) ?? decideRoles(facts, nowMs, lives);
}

function decideAuthorities({ authorities, roles, foreign }: Facts, nowMs: number, lives: Lives): Step | undefined {
  const alive = authorities.filter(
    ({ endMs, untilMs }) => endMs > nowMs && (untilMs ?? Number.POSITIVE_INFINITY) > nowMs,
  );
  const newest = alive.at(-1);
  if (newest?.canSign !== true || newest.endMs - nowMs <= lives.authority / 3) {
    const inUse = TLS_ROLES.some((role) => usable(roles[role], nowMs));
    return { write: 'authorities', list: [...foreign, ...alive], make: inUse ? {} : { sharedMs: 0 } };
  }
  const list = alive.map((one) => (one === newest ? shared(one, alive.length, roles, nowMs) : one));
  const signer = signerOf(list, nowMs, lives);
  const settled = list.map((one) =>
    signer === undefined || one.untilMs !== undefined || list.indexOf(one) >= list.indexOf(signer)
      ? one
      : { ...one, canSign: false, untilMs: lastEnd(one, roles, nowMs + lives.leaf) },
  );
  const isSame = settled.length === authorities.length && settled.every((one, index) => one === authorities[index]);
  return isSame ? undefined : { write: 'authorities', list: settled };
}

function decideRoles({ authorities, roles }: Facts, nowMs: number, lives: Lives): Step | undefined {
  const bundle = authorities.map(({ id }) => id);
  const signer = signerOf(authorities, nowMs, lives);
  for (const role of TLS_ROLES) {
    const has = roles[role];
    const isUsable = usable(has, nowMs);
    // Who has nothing loses nothing: it need not wait for the others.
    const by = signer ?? (isUsable ? undefined : authorities.at(-1));
    const endMs = by === undefined ? 0 : Math.min(nowMs + lives.leaf, by.endMs);
    const leaf =
      by !== undefined && (!isUsable || isDue(has, by, endMs, nowMs, lives)) ? { signer: by.id, endMs } : undefined;
    if (leaf === undefined && same(has.bundle, bundle)) continue;
    return { write: 'role', role, bundle, ...(leaf === undefined ? {} : { leaf }) };
  }
  return undefined;
}

/** The newest that everybody has had time to see. */
function signerOf(authorities: readonly AuthorityFact[], nowMs: number, { grace }: Lives): AuthorityFact | undefined {
  return authorities.findLast(({ canSign, endMs, sharedMs }) => {
    return canSign && endMs > nowMs && sharedMs !== undefined && (sharedMs === 0 || sharedMs + grace <= nowMs);
  });
}

/** The newest authority, with the time since which every bundle has it; without, once one bundle has it no more. */
function shared(newest: AuthorityFact, count: number, roles: Facts['roles'], nowMs: number): AuthorityFact {
  const isEverywhere = TLS_ROLES.every((role) => roles[role].bundle.includes(newest.id));
  if (isEverywhere) return newest.sharedMs === undefined ? { ...newest, sharedMs: nowMs } : newest;
  if (newest.sharedMs === undefined || count === 1 || newest.sharedMs === 0) return newest;
  const { sharedMs: _, ...unshared } = newest;
  return unshared;
}

function lastEnd({ id }: AuthorityFact, roles: Facts['roles'], atLeastMs: number): number {
  const ends = TLS_ROLES.map((role) => roles[role].leaf).map((leaf) => (leaf?.issuer === id ? leaf.endMs : 0));
  return Math.max(atLeastMs, ...ends);
}

function usable({ leaf }: RoleFact, nowMs: number): boolean {
  return leaf !== undefined && leaf.endMs > nowMs;
}

function isDue({ leaf }: RoleFact, by: AuthorityFact, endMs: number, nowMs: number, lives: Lives): boolean {
  if (leaf?.issuer !== by.id) return true;
  // The second: a leaf that ends with its authority is not made again and again.
  return leaf.endMs - nowMs <= lives.leaf / 3 && endMs - leaf.endMs >= 1000;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
