// Certificates on a real API server, under the account of install.yaml: the first `kubectl apply` is enough, leaves and
// authorities are replaced many times under calls of which none fails, whoever makes them may die at any moment, and no right
// is missing or too many. Roles run as processes; their folders are swapped as a kubelet would.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createGrpcAnalyser } from '#analysis/grpc/client.ts';
import { readFolder, watchFolder } from '#app/live/certificate-folder.ts';
import type { Certificates } from '#kit/certificates.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { makeBatch, T0 } from '../conformance/store-fixtures.ts';
import { type Running, start } from '../fixtures/command.ts';
import { readAuditLog } from '../parts/audit-log.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { createKubelet, type Files, INSTALLED, type Kubelet, readSecret } from './kubelet.ts';

export interface CertificatesSuite {
  /** With `audit`. Nothing of Tidewatch may be installed in it. */
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const ACCOUNT = `system:serviceaccount:${INSTALLED}:tidewatch-certificates`;
const FILE = new URL('../../deploy/manifests/install.yaml', import.meta.url);
const ROLES = ['keeper', 'operator', 'analyser', 'admission'] as const;
/** A leaf is replaced every sixteen seconds, an authority every fifty-six. */
const LIVES = ['--life=24s', '--authority-life=84s', '--grace=3s', '--every=1s'];
const AUTHORITIES = 3;
const LEAVES = 8;
const CRASHES = 12;
const log = createLog('silent');
const deps = { clock: systemClock, random: Math.random, log };

interface Session extends CertificatesSuite {
  readonly file: string;
  readonly maker: Maker;
  readonly roles: Map<string, Running>;
  readonly ports: { readonly keeper: number; readonly analyser: number; readonly health: readonly number[] };
  readonly kubelet: Kubelet;
}

export async function run(suite: CertificatesSuite): Promise<void> {
  const { plane, folder, report } = suite;
  const file = await readFile(FILE, 'utf8');
  const [keeper = 0, analyser = 0, ...health] = await freePorts(5);
  const kubelet = createKubelet(plane, join(folder, 'tls'), ROLES);
  const session: Session = {
    ...{ ...suite, file, kubelet, roles: new Map(), ports: { keeper, analyser, health } },
    maker: createMaker(plane, health[2] ?? 0),
  };
  try {
    for (const [name, test] of Object.entries(TESTS)) {
      try {
        await test(session);
        report(`certificates: ${name}`);
      } catch (error) {
        report(`certificates: ${name}`, new Error(`${(error as Error).message}\n${said(session)}`));
      }
    }
  } finally {
    await session.maker.stop('SIGTERM');
    await kubelet.stop();
    for (const { process } of session.roles.values()) await end(process, 'SIGTERM');
  }
}

const TESTS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'before they are made, roles are alive, not ready, and say what they wait for': async (session) => {
    const { plane, file, kubelet, ports, roles, folder } = session;
    await plane.kubectl(['apply', '--validate=strict', '-f', '-'], file);
    await kubelet.start();
    const data = ['--data', join(folder, 'keeper'), '--page-port=0', `--append-port=${ports.keeper}`];
    startRole(session, 'keeper', data, 0);
    startRole(session, 'analyser', [`--port=${ports.analyser}`], 1);
    for (const [index, role] of (['keeper', 'analyser'] as const).entries()) {
      const url = `http://127.0.0.1:${ports.health[index]}`;
      const reason = await waitUntil(`${role} to wait`, async () => {
        const reply = await fetch(`${url}/readyz`);
        const text = await reply.text();
        return reply.status === 503 && text.includes('waits for certificates') && text;
      });
      if (!reason.includes('kubectl logs deployment/tidewatch-certificates')) throw new Error(reason);
      if (!(await fetch(`${url}/healthz`)).ok) throw new Error(`${role} is not alive`);
      await roles.get(role)?.printed(/Waits +for certificates/);
    }
  },
  'its account makes them, and the roles begin': async ({ maker, plane, ports }) => {
    await maker.start();
    await waitUntil('every Secret to be filled', async () =>
      (await readAll(plane)).every(([, files]) => isWhole(files)),
    );
    for (const health of ports.health) {
      await waitUntil(`readiness on ${health}`, async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok);
    }
    for (const health of ports.health.slice(0, 2)) {
      const text = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
      if (!/^tidewatch_certificate_expiry_timestamp_seconds \d{10}/m.test(text)) throw new Error(text);
    }
  },
  'only the operator may append and have windows scored': async (session) => {
    for (const role of ['operator', 'analyser'] as const) {
      const client = await connect(session, role);
      for (const call of [client.append, client.score]) {
        const code = await call().then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
        const expected = role === 'operator' ? 'done' : 'forbidden';
        if (code !== expected) throw new Error(`${role}: ${code}`);
      }
      await client.close();
    }
  },
  'leaves and authorities are replaced under calls, the maker is killed between its writes, and no call fails': async (
    session,
  ) => {
    const load = await startLoad(session);
    const seen = { authorities: new Set<string>(), leaves: new Set<string>() };
    let crashes = 0;
    try {
      await waitUntil(
        `${AUTHORITIES} authorities, ${LEAVES} leaves and ${CRASHES} crashes`,
        async () => {
          const changed = await note(session.plane, seen);
          // A write was seen a moment ago: more of them follow, or will not, when it dies now.
          if (changed && crashes < CRASHES) {
            await pause(Math.random() * 60);
            await session.maker.stop('SIGKILL');
            crashes++;
            await session.maker.start();
          }
          if (load.failures.length > 0) throw new Error(String(load.failures[0]));
          return seen.authorities.size >= AUTHORITIES && seen.leaves.size >= LEAVES && crashes >= CRASHES;
        },
        { timeoutMs: 480_000, everyMs: 20 },
      );
    } finally {
      await load.stop();
    }
    const { failures, calls } = load;
    if (failures.length > 0) throw new Error(`${failures.length} of ${calls.total} calls failed: ${failures[0]}`);
    for (const [kind, count] of Object.entries(calls)) if (count < 100) throw new Error(`only ${count} calls: ${kind}`);
    for (const health of session.ports.health.slice(0, 2)) {
      const text = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
      const read = (what: string) =>
        Number(new RegExp(`^tidewatch_certificate_${what}_total (\\d+)`, 'm').exec(text)?.[1]);
      if (!(read('reloads') >= LEAVES)) throw new Error(`${read('reloads')} reloads`);
      if (read('reload_failures') !== 0) throw new Error(`${read('reload_failures')} could not be used`);
    }
  },
  'applied a second time, in either way, the Secrets keep what they hold': async ({ plane, file, maker }) => {
    await maker.stop('SIGTERM');
    const before = JSON.stringify(await readAll(plane));
    await plane.kubectl(['apply', '-f', '-'], file);
    await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], file);
    if (JSON.stringify(await readAll(plane)) !== before) throw new Error('they changed');
  },
  'a Secret that was emptied is filled again': async ({ plane, maker }) => {
    await maker.start();
    const patch = ['patch', 'secret', 'tidewatch-tls-keeper', '-n', INSTALLED, '--type=json'];
    await plane.kubectl([...patch, '-p', '[{"op":"remove","path":"/data"}]']);
    await waitUntil('it to be whole', async () => (await readAll(plane)).every(([, files]) => isWhole(files)));
  },
  'its account was denied nothing, used every right, and may do nothing else with Secrets': async ({ plane }) => {
    const entries = (await readAuditLog(plane.auditLog)).filter(({ user }) => user.username === ACCOUNT);
    const denied = entries.filter(({ responseStatus }) => [401, 403].includes(responseStatus?.code ?? 0));
    if (denied.length > 0) throw new Error(denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`).join('\n'));
    const used = new Set(entries.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}/${objectRef?.name}`));
    const granted = [CALLS.getSecret, CALLS.updateSecret].flatMap(({ verb, names = [] }) =>
      names.map((name) => `${verb} secrets/${name}`),
    );
    if ([...used].sort().join() !== granted.sort().join()) throw new Error([...used].join('\n'));
    const may = (what: string, ...as: string[]) =>
      plane
        .kubectl(['auth', 'can-i', ...what.split(' '), '-n', INSTALLED, ...as])
        .catch((error: Error) => error.message);
    for (const what of ['list secrets', 'create secrets', 'delete secret/tidewatch-tls-keeper', 'get secret/other']) {
      if (/^yes/m.test(await may(what, `--as=${ACCOUNT}`))) throw new Error(`it may ${what}`);
    }
    for (const role of ROLES) {
      const as = `--as=system:serviceaccount:${INSTALLED}:tidewatch-${role}`;
      if (/^yes/m.test(await may('get secret/tidewatch-tls-authority', as)))
        throw new Error(`${role} reads the authority`);
    }
  },
  'when it is removed, the Secrets go with it': async ({ plane, file, maker }) => {
    await maker.stop('SIGTERM');
    await plane.kubectl(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], file);
    const left = () => plane.kubectl(['get', 'secrets', '-A', '-o', 'name', '--field-selector=type=Opaque']);
    await waitUntil('no Secret to be left', async () => !(await left()).includes('tidewatch'));
  },
};

function startRole(
  { roles, kubelet, ports }: Session,
  role: 'keeper' | 'analyser',
  args: readonly string[],
  at: number,
) {
  const health = [`--health-port=${ports.health[at]}`, '--health-host=127.0.0.1'];
  const running = start([role, ...args, '--host=127.0.0.1', ...health, `--tls=${kubelet.folderOf(role)}`]);
  dieTogether(running.process);
  roles.set(role, running);
}

interface Maker {
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
  said(): string;
}

/** `tidewatch certificates`, with the token of its account. */
function createMaker(plane: ControlPlane, health: number): Maker {
  let running: Running | undefined;
  return {
    async start() {
      const kubeconfig = await plane.kubeconfigFor({ namespace: INSTALLED, serviceAccount: 'tidewatch-certificates' });
      const at = [`--health-port=${health}`, '--health-host=127.0.0.1', `--kubeconfig=${kubeconfig}`];
      running = start(['certificates', ...at, ...LIVES]);
      dieTogether(running.process);
      await running.printed(/Keeps +the certificates/);
    },
    async stop(signal) {
      if (running !== undefined) await end(running.process, signal);
    },
    said: () => running?.stderr.slice(-1500) ?? '',
  };
}

async function end(process: Running['process'], signal: NodeJS.Signals): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'close');
  process.kill(signal);
  await ended;
}

function said({ roles, maker }: Session): string {
  const each = [...roles].map(([role, { stderr }]) => `--- ${role}: ${stderr.slice(-1500)}`);
  return [...each, `--- certificates: ${maker.said()}`].join('\n');
}

async function readAll(plane: ControlPlane): Promise<(readonly [string, Files])[]> {
  const names = ['authority', ...ROLES];
  return Promise.all(names.map(async (name) => [name, await readSecret(plane, name)] as const));
}

function isWhole(files: Files): boolean {
  return Object.values(files).length > 0 && Object.values(files).every((text) => text !== '');
}

/** Notes which authorities and leaves of the operator there were; whether anything was written since the last look. */
async function note(plane: ControlPlane, seen: { authorities: Set<string>; leaves: Set<string> }): Promise<boolean> {
  const [authority = '', leaf = ''] = await Promise.all([
    readSecret(plane, 'authority').then((files) => files['authorities.json']),
    readSecret(plane, 'operator').then((files) => files['tls.crt']),
  ]);
  const before = seen.authorities.size + seen.leaves.size;
  seen.authorities.add(new X509Certificate(leaf).issuer);
  seen.leaves.add(leaf);
  const isNew = authority !== lastAuthority.get(plane);
  lastAuthority.set(plane, authority);
  return isNew || seen.authorities.size + seen.leaves.size > before;
}

const lastAuthority = new WeakMap<ControlPlane, string>();

/** A client with the certificates of a role, which it takes anew as the roles do. */
async function connect({ kubelet, ports }: Session, role: (typeof ROLES)[number]) {
  const at = kubelet.folderOf(role);
  const watched = watchFolder(at, await readFolder(at), { clock: systemClock, log });
  watched.start();
  const address = `https://127.0.0.1:${ports.keeper}`;
  const open = () =>
    createKeeperClient({
      address,
      credentials: named(watched, `tidewatch-keeper.${INSTALLED}.svc`),
      maxSpoolBytes: 0,
      ...deps,
    });
  const addresses = `127.0.0.1:${ports.analyser}`;
  const openAnalyser = () =>
    createGrpcAnalyser({ addresses, credentials: named(watched, `tidewatch-analysers.${INSTALLED}.svc`), ...deps });
  const [keeper, analyser] = [await open(), openAnalyser()];
  let count = 0;
  const append = (to = keeper) =>
    to.append(makeBatch(`batch-${role}-${count++}`, { position: { seenMs: T0, stream: 'tape-a' } }));
  return {
    append: () => append(),
    score: () => analyser.analyse([JOB]),
    /** Each on a connection of its own. */
    appendAnew: async () => {
      const fresh = await open();
      await append(fresh).finally(() => fresh.close());
    },
    scoreAnew: async () => {
      const fresh = openAnalyser();
      await fresh.analyse([JOB]).finally(() => fresh.close());
    },
    async close() {
      await Promise.all([keeper.close(), analyser.close(), watched.stop()]);
    },
  };
}

/** For a server that is called by an address and not by its name. */
function named(watched: Certificates, serverName: string) {
  return {
    ...{ serverName, onChange: (listener: () => void) => watched.onChange?.(listener) ?? (() => {}) },
    get cert() {
      return watched.cert;
    },
    get key() {
      return watched.key;
    },
    get ca() {
      return watched.ca;
    },
  };
}

const JOB = {
  ...{ metricName: 'm', algorithm: 'z-score', parameters: {}, threshold: 3 },
  series: {
    stepMs: 1000,
    timesMs: Float64Array.from({ length: 20 }, (_, index) => T0 + index * 1000),
    values: Float64Array.from({ length: 20 }, (_, index) => index % 3),
  },
};

/** Calls without end, on connections that stay and on new ones; what failed is kept. */
async function startLoad(session: Session) {
  const client = await connect(session, 'operator');
  const { append, score, appendAnew, scoreAnew } = client;
  const calls: Record<string, number> = { total: 0 };
  const failures: string[] = [];
  const stopping = new AbortController();
  const running = Object.entries({ append, score, appendAnew, scoreAnew }).map(async ([kind, call]) => {
    calls[kind] = 0;
    while (!stopping.signal.aborted) {
      try {
        await call();
      } catch (error) {
        failures.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
      }
      calls[kind] = (calls[kind] ?? 0) + 1;
      calls.total = (calls.total ?? 0) + 1;
      await pause(20);
    }
  });
  return {
    ...{ calls, failures },
    async stop() {
      stopping.abort();
      await Promise.all(running);
      await client.close();
    },
  };
}
