// Years of renewing in a moment: the Secrets are in memory, with versions as the API server has them, and every role sees
// them as late as a kubelet may bring them. What is checked after each write is what a handshake would check.
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certificatesIn, checkCertificates } from '#kit/certificates.ts';
import { createLog } from '#kit/log.ts';
import { KubeError } from '#kube/kube-error.ts';
import { TLS_ROLES, type TlsRole } from './issue.ts';
import { reconcile } from './reconcile.ts';
import type { Files, Secret, SecretStore, Secrets } from './secrets.ts';

const log = createLog('silent');
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const LIVES = { leaf: 30 * DAY, authority: 365 * DAY, grace: 10 * MINUTE };
/** Until what was written is seen by a role, at most. */
const LATE_MS = 5 * MINUTE;
const START_MS = Date.UTC(2030, 0, 1);
const NAMES = ['authority', ...TLS_ROLES] as const;
type Name = (typeof NAMES)[number];

class Crash extends Error {}

interface Version {
  readonly atMs: number;
  readonly files: Files;
}

class World {
  nowMs = START_MS;
  checks = true;
  /** What a write does instead; `late`: after it has been stored. */
  fault: ((name: Name) => 'early' | 'late' | undefined) | undefined;
  writes = 0;
  readonly #versions: Record<Name, Version[]>;

  constructor() {
    const empty = () => [{ atMs: Number.NEGATIVE_INFINITY, files: {} }];
    this.#versions = Object.fromEntries(NAMES.map((name) => [name, empty()])) as Record<Name, Version[]>;
  }

  read(name: Name): Secret {
    const versions = this.#versions[name];
    const metadata = { name, resourceVersion: String(versions.length) };
    return { files: versions.at(-1)?.files ?? {}, object: { metadata } };
  }

  store(name: Name, files: Files): void {
    this.#versions[name].push({ atMs: this.nowMs, files });
    this.writes++;
    if (files['tls.crt'] !== undefined) checkCertificates(toPem(files), 'what a role has');
    this.check();
  }

  secrets(afterRead?: () => Promise<void>): SecretStore {
    return {
      read: async () => {
        const roles = Object.fromEntries(TLS_ROLES.map((role) => [role, this.read(role)])) as Secrets['roles'];
        const seen: Secrets = { roles, authority: this.read('authority') };
        await afterRead?.();
        return seen;
      },
      write: async ({ object }, files) => {
        const name = object.metadata.name as Name;
        if (object.metadata.resourceVersion !== this.read(name).object.metadata.resourceVersion) {
          throw new KubeError(409, 'Conflict', 'somebody was faster');
        }
        const fault = this.fault?.(name);
        if (fault === 'early') throw new Crash();
        this.store(name, files);
        if (fault === 'late') throw new Crash();
      },
    };
  }

  reconcile(afterRead?: () => Promise<void>) {
    const deps = { secrets: this.secrets(afterRead), namespace: 'watch', lives: LIVES, nowMs: () => this.nowMs, log };
    return reconcile(deps);
  }

  /** Whatever a role may have by now, every other one may take: none of it has ended, and all of it is trusted. */
  check(): void {
    if (!this.checks) return;
    const ofRoles = TLS_ROLES.map((role) => this.#visible(role).filter(({ 'tls.crt': leaf }) => leaf !== undefined));
    for (const [index, mine] of ofRoles.entries()) {
      for (const theirs of ofRoles.filter((_, other) => other !== index).flat()) {
        for (const { 'tls.crt': leaf = '' } of mine) checkTrust(leaf, theirs['ca.crt'] ?? '', this.nowMs);
      }
    }
  }

  #visible(role: TlsRole): Files[] {
    const versions = this.#versions[role];
    return versions
      .filter(
        (_, index) => (versions[index + 1]?.atMs ?? this.nowMs) > this.nowMs - LATE_MS || index === versions.length - 1,
      )
      .map(({ files }) => files);
  }
}

function toPem(files: Files) {
  return { cert: files['tls.crt'] ?? '', key: files['tls.key'] ?? '', ca: files['ca.crt'] ?? '' };
}

/** Until when the bundle makes a leaf trusted, by both; the same are asked about again and again. */
const trustedUntil = new Map<string, number>();

function checkTrust(pem: string, bundle: string, nowMs: number): void {
  const key = pem + bundle;
  const untilMs = trustedUntil.get(key) ?? trustOf(new X509Certificate(pem), bundle);
  trustedUntil.set(key, untilMs);
  if (untilMs > nowMs) return;
  throw new Error(`${new X509Certificate(pem).subject} is not trusted at ${new Date(nowMs).toISOString()}`);
}

function trustOf(leaf: X509Certificate, bundle: string): number {
  const issuers = certificatesIn(bundle)
    .map((text) => new X509Certificate(text))
    .filter((authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
  return Math.min(leaf.validToDate.getTime(), Math.max(0, ...issuers.map((one) => one.validToDate.getTime())));
}

/** Runs to the end of a time in steps, looking at each; a crash is a new start. */
async function live(world: World, days: number, stepMs: number): Promise<void> {
  for (const endMs = world.nowMs + days * DAY; world.nowMs < endMs; world.nowMs += stepMs) {
    await reconcileOrCrash(world);
    world.check();
  }
}

async function reconcileOrCrash(world: World): Promise<void> {
  for (;;) {
    try {
      await world.reconcile();
      return;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

const issuerOf = (world: World, role: TlsRole) => new X509Certificate(world.read(role).files['tls.crt'] ?? '').issuer;

/** As `live` three days at a time (a renewal is due for nine), and closer where something is written. */
async function liveLong(world: World, days: number): Promise<void> {
  for (const endMs = world.nowMs + days * DAY; world.nowMs < endMs; world.nowMs += 3 * DAY) {
    const { writes } = world;
    await live(world, 1 / 1440, MINUTE);
    if (world.writes > writes) await live(world, 15 / 1440, MINUTE);
  }
}

test('in three years every certificate is renewed many times, and at no moment is one of them not trusted', async () => {
  const world = new World();
  const issuers = new Set<string>();
  for (let month = 0; month < 36; month++) {
    await liveLong(world, 30);
    issuers.add(issuerOf(world, 'operator'));
  }
  expect(issuers.size).toBe(5);
  expect(world.writes).toBeGreaterThan(3 * (1080 / 21));
  expect(certificatesIn(world.read('keeper').files['ca.crt'] ?? '').length).toBeLessThan(3);
});

test('a crash before or after any write changes nothing in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.constantFrom('early', 'late', undefined)), async (faults) => {
      const world = new World();
      world.fault = () => faults.next().value;
      await live(world, 10 / 1440, MINUTE);
      world.fault = undefined;
      await live(world, 242, 9 * DAY);
      const before = issuerOf(world, 'keeper');
      world.fault = () => faults.next().value;
      await liveLong(world, 6);
      world.fault = undefined;
      const { writes } = world;
      await world.reconcile();
      expect(world.writes).toBe(writes);
      expect(issuerOf(world, 'keeper')).not.toBe(before);
      expect(new Set(TLS_ROLES.map((role) => issuerOf(world, role))).size).toBe(1);
    }),
    { numRuns: 6 },
  );
});

test('when nobody looked for a year, all is made anew at once', async () => {
  const world = new World();
  await world.reconcile();
  world.nowMs += 400 * DAY;
  world.checks = false;
  await world.reconcile();
  world.nowMs += LATE_MS;
  world.checks = true;
  world.check();
});

test('of two that begin at the same time one makes the authority, and both agree', async () => {
  const world = new World();
  let waiting: (() => void)[] = [];
  // Each reads what the other has read, before either writes.
  const meet = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length < 2) return;
      for (const go of waiting) go();
      waiting = [];
    });
  const first = world.reconcile(meet);
  const second = world.reconcile(meet);
  const ends = await Promise.race([first, second]);
  for (const go of waiting) go();
  waiting = [];
  expect(Object.keys(ends).sort()).toEqual([...NAMES].sort());
  expect(new Set(TLS_ROLES.map((role) => issuerOf(world, role))).size).toBe(1);
  // The authority and each role: nothing was written twice.
  expect(world.writes).toBe(NAMES.length);
});

test('a lost list of authorities: what roles have stays trusted until all have seen the new one', async () => {
  const world = new World();
  await live(world, 1, DAY);
  const before = issuerOf(world, 'keeper');
  world.store('authority', {});
  await world.reconcile();
  expect(issuerOf(world, 'keeper')).toBe(before);
  expect(certificatesIn(world.read('operator').files['ca.crt'] ?? '')).toHaveLength(2);
  await live(world, 30 / 1440, MINUTE);
  expect(issuerOf(world, 'keeper')).not.toBe(before);
});

test('a list that cannot be read is left as it is, and said', async () => {
  const world = new World();
  await world.reconcile();
  world.store('authority', { 'authorities.json': '[{"certificate":"x"}]' });
  const { writes } = world;
  await expect(world.reconcile()).rejects.toMatchObject({ code: 'bad-input' });
  expect(world.writes).toBe(writes);
});
