// Keeper, operators and an analyser as processes, under the accounts and rights of install.yaml and with mutual TLS: what was
// acknowledged outlives a killed keeper, a killed operator is replaced under a higher epoch, and nobody is denied a call.
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Running, start, tidewatch } from '../fixtures/command.ts';
import { readAuditLog } from '../parts/audit-log.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { historyOf, type Measured, scrapeConfig, startExporter } from './exporter.ts';
import { makeCertificates } from './python/environment.ts';
import { detector, measure, NAMESPACE, openShop, untilState } from './shop.ts';

export interface RolesSuite {
  /** With `audit` and `simulate`. Nothing of Tidewatch may be installed in it. */
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const INSTALLED = 'tidewatch-system';
const ACCOUNT = `system:serviceaccount:${INSTALLED}:tidewatch-operator`;
const HOUR = 3_600_000;
/** Between two points of a declared detector, and of what is observed. */
const STEP_MS = 30_000;
const OBSERVED_STEP_MS = 60_000;
/** After the full minute: when a round of observing begins, and when it has ended for sure. */
const ROUND_MS = [6000, 12_000] as const;
/** Detectors with a metric each, so that something is appended every few seconds. */
const LOAD = 20;
const AWAY_MS = 5000;
const TAKEN_OVER_MS = 25_000;

export async function run(suite: RolesSuite): Promise<void> {
  const { plane, folder, report } = suite;
  const pods = await openShop(plane);
  await installAccounts(plane);
  const measured = [...measure(pods), ...loadOf(pods)];
  const exporter = await startExporter();
  exporter.expose(measured);
  const endMs = Date.now();
  const prometheus = await startPrometheus({
    folder: join(folder, 'prometheus'),
    config: scrapeConfig(exporter.address),
    series: historyOf(measured, exporter.address, endMs - HOUR, endMs, 15_000),
  });
  const roles = await createRoles(suite, prometheus.url);
  try {
    for (const [name, test] of Object.entries(TESTS)) {
      try {
        await test({ ...suite, roles, pods });
        report(`roles: ${name}`);
      } catch (error) {
        report(`roles: ${name}`, new Error(`${(error as Error).message}\n${roles.said()}`));
      }
    }
  } finally {
    await roles.stop();
    await prometheus.stop();
    await exporter.stop();
  }
}

interface Session extends RolesSuite {
  readonly roles: Roles;
  readonly pods: readonly string[];
}

const TESTS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'without its certificates a role does not begin, and says which file it lacks': async ({ folder }) => {
    for (const role of [
      ['keeper', '--append-port', '0', '--page-port', '0'],
      ['operator', '--keeper', 'https://k:1'],
    ]) {
      const { code, stderr } = await tidewatch([...role, '--tls', join(folder, 'nowhere')]);
      if (code !== 78 || !stderr.includes('tls.crt')) throw new Error(`${role[0]}: ${code}, ${stderr}`);
    }
  },
  'one operator leads and the other stands by, both ready': async ({ roles }) => {
    await roles.startKeeper();
    await roles.startAnalyser();
    await Promise.all(roles.operators.map((_, index) => roles.startOperator(index)));
    await waitUntil('one of them to lead', async () => (await leaders(roles)).length === 1);
    for (const { health } of [roles.keeper, ...roles.operators]) {
      await waitUntil(`readiness on ${health}`, async () => (await fetch(`${health}/readyz`)).ok);
    }
  },
  'a detector becomes Active, and the keeper’s page shows it with its service': async ({ plane, roles }) => {
    const load = Array.from({ length: LOAD }, (_, index) => detector(`load-${index}`, 'cart', `load_${index}`));
    await plane.kubectl(['apply', '-f', '-'], [detector('latency', 'cart'), ...load].join('---'));
    await untilState(plane, 'latency', 'Active', 120_000);
    const shown = await waitUntil('the page to show it', async () => {
      const { detectors } = await json(roles.keeper.page, '/api/detectors');
      return detectors.find((one: Named & { state: string }) => one.name === 'latency' && one.state === 'Active');
    });
    if (shown.monitoredPods !== 2) throw new Error(JSON.stringify(shown));
    const anomaly = await json(roles.keeper.page, '/api/anomaly/cart');
    if (anomaly.status === 'Error') throw new Error(JSON.stringify(anomaly));
    const { live, state } = await json(roles.keeper.page, '/api/replay');
    if (state !== 'live' || live.series < 6 || live.troubles.length > 0) throw new Error(JSON.stringify(live));
  },
  'a keeper that is killed for five seconds loses nothing and doubles nothing': async ({ roles, pods, plane }) => {
    for (let index = 0; index < LOAD; index++) await untilState(plane, `load-${index}`, 'Active', 120_000);
    const pod = pods.find((name) => name.startsWith('cart')) ?? '';
    const before = await waitUntil('every detector to have scores', async () => {
      const times = await timesOf(roles, pod);
      return isComplete(times) && times;
    });
    // What is observed is appended once and never again: the keeper is to be away just then.
    const ofMinute = () => Date.now() % OBSERVED_STEP_MS;
    const isEarly = () => ofMinute() > 500 && ofMinute() < ROUND_MS[0] / 2;
    await waitUntil('the beginning of a minute', isEarly, { timeoutMs: 90_000 });
    await roles.kill(roles.keeper);
    const killedMs = performance.now();
    const [leader] = await leaders(roles);
    if (leader === undefined) throw new Error('nobody leads');
    await waitUntil(
      'something to wait in the spool, for five seconds at least',
      async () =>
        (await metric(leader.health, 'tidewatch_spool_records')) > 0 &&
        performance.now() - killedMs > AWAY_MS &&
        ofMinute() > ROUND_MS[1],
      { timeoutMs: 90_000 },
    );
    await roles.startKeeper();
    await waitUntil('the spool to be delivered', async () => {
      const left = await metric(leader.health, 'tidewatch_spool_records');
      return left === 0 && (await metric(leader.health, 'tidewatch_spool_delivered_total')) > 0;
    });
    const after = await waitUntil(
      'newer scores of every detector',
      async () => {
        const times = await timesOf(roles, pod);
        return [...before].every(([name, old]) => (times.get(name)?.length ?? 0) > old.length) && times;
      },
      { timeoutMs: 150_000, everyMs: 1000 },
    );
    for (const [name, old] of before) checkWhole(name, old, after.get(name) ?? []);
    const left = await Promise.all(
      ['stale', 'refused', 'cut_bytes'].map((what) => metric(leader.health, `tidewatch_spool_${what}_total`)),
    );
    if (left.some((count) => count !== 0)) throw new Error(`left out: ${left}`);
  },
  'a killed operator is replaced within 25 s under a higher epoch, and the scores go on': async ({
    roles,
    plane,
    pods,
  }) => {
    const pod = pods.find((name) => name.startsWith('cart')) ?? '';
    const before = await timesOf(roles, pod);
    const epoch = await epochOf(plane);
    const [leader] = await leaders(roles);
    if (leader === undefined) throw new Error('nobody leads');
    await roles.kill(leader);
    const killedMs = performance.now();
    await waitUntil('the other to lead', async () => (await leaders(roles)).length === 1, { timeoutMs: 60_000 });
    const tookMs = performance.now() - killedMs;
    if (tookMs > TAKEN_OVER_MS) throw new Error(`it took ${tookMs} ms`);
    if ((await epochOf(plane)) <= epoch) throw new Error(`epoch ${await epochOf(plane)} after ${epoch}`);
    const after = await waitUntil(
      'newer scores of every detector',
      async () => {
        const times = await timesOf(roles, pod);
        return [...before].every(([name, old]) => (times.get(name)?.length ?? 0) > old.length) && times;
      },
      { timeoutMs: 180_000, everyMs: 1000 },
    );
    for (const [name, old] of before) checkWhole(name, old, after.get(name) ?? []);
  },
  'without any operator the page says so, and shows what it has': async ({ roles, pods }) => {
    for (const operator of roles.operators) await roles.kill(operator);
    const trouble = await waitUntil(
      'the trouble',
      async () => (await json(roles.keeper.page, '/api/replay')).live.troubles[0],
      { timeoutMs: 150_000, everyMs: 1000 },
    );
    if (!trouble.what.includes('operator-away') || trouble.blocking) throw new Error(JSON.stringify(trouble));
    if (!(await fetch(`${roles.keeper.health}/readyz`)).ok) throw new Error('the keeper is not ready');
    const pod = pods.find((name) => name.startsWith('cart')) ?? '';
    if (!isComplete(await timesOf(roles, pod))) throw new Error('what was stored is gone');
  },
  'the API server denied these accounts nothing': async ({ plane }) => {
    const entries = (await readAuditLog(plane.auditLog)).filter(({ user }) => user.username.includes(INSTALLED));
    if (!entries.some(({ user }) => user.username === ACCOUNT)) throw new Error('the operator made no call');
    const denied = entries.filter(({ responseStatus }) => [401, 403].includes(responseStatus?.code ?? 0));
    const told = denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`);
    if (told.length > 0) throw new Error([...new Set(told)].join('\n'));
  },
};

interface Named {
  readonly name: string;
}

interface Role {
  readonly args: readonly string[];
  readonly health: string;
  running: Running | undefined;
}

interface Roles {
  readonly keeper: Role & { readonly page: string };
  readonly operators: readonly Role[];
  startKeeper(): Promise<void>;
  startAnalyser(): Promise<void>;
  startOperator(index: number): Promise<void>;
  /** With SIGKILL. */
  kill(role: Role): Promise<void>;
  /** What they wrote to stderr last. */
  said(): string;
  stop(): Promise<void>;
}

async function createRoles({ plane, folder }: RolesSuite, prometheus: string): Promise<Roles> {
  const names = ['keeper', 'operator', 'analyser'] as const;
  const certificates = await makeCertificates(join(folder, 'certificates'), names);
  for (const name of names) {
    const { cert, key, ca } = certificates[name];
    await mkdir(join(folder, 'tls', name), { recursive: true });
    for (const [file, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca }))
      await writeFile(join(folder, 'tls', name, file), text, { mode: 0o600 });
  }
  const [page = 0, append = 0, analysis = 0, ...health] = await freePorts(7);
  const kubeconfig = await plane.kubeconfigFor({ namespace: INSTALLED, serviceAccount: 'tidewatch-operator' });
  const common = (name: string, index: number) => [
    ...[`--health-port=${health[index]}`, '--health-host=127.0.0.1'],
    ...[`--tls=${join(folder, 'tls', name)}`, '--log-level=info'],
  ];
  const healthOf = (index: number) => `http://127.0.0.1:${health[index]}`;
  const keeper = {
    args: [
      ...['keeper', `--data=${join(folder, 'keeper')}`, `--page-port=${page}`, `--append-port=${append}`],
      ...['--host=127.0.0.1', ...common('keeper', 0)],
    ],
    ...{ health: healthOf(0), page: `http://127.0.0.1:${page}`, running: undefined as Running | undefined },
  };
  const analyser: Role = {
    args: ['analyser', `--port=${analysis}`, '--host=127.0.0.1', ...common('analyser', 1)],
    ...{ health: healthOf(1), running: undefined },
  };
  const operators = [2, 3].map(
    (index): Role => ({
      args: [
        ...['operator', `--namespace=${INSTALLED}`, `--kubeconfig=${kubeconfig}`, `--prometheus=${prometheus}`],
        ...[`--keeper=https://localhost:${append}`, `--analysers=dns:///localhost:${analysis}`, '--no-fallback'],
        ...[`--spool=${join(folder, `spool-${index}`)}`, '--workers=1', ...common('operator', index)],
      ],
      ...{ health: healthOf(index), running: undefined },
    }),
  );
  const all = [keeper, analyser, ...operators];
  const begin = async (role: Role, printed: RegExp) => {
    const running = start(role.args);
    dieTogether(running.process);
    role.running = running;
    await running.printed(printed);
  };
  const end = async ({ running }: Role, signal: NodeJS.Signals) => {
    if (running === undefined || running.process.exitCode !== null || running.process.signalCode !== null) return;
    const ended = once(running.process, 'close');
    running.process.kill(signal);
    await ended;
  };
  return {
    ...{ keeper, operators },
    startKeeper: () => begin(keeper, /Operators +\S+/),
    startAnalyser: () => begin(analyser, /Analyser +\S+/),
    startOperator: (index) => begin(operators[index] as Role, /Stands by as/),
    kill: (role) => end(role, 'SIGKILL'),
    said: () => all.map(({ args, running }) => `--- ${args[0]}: ${running?.stderr.slice(-1500) ?? ''}`).join('\n'),
    async stop() {
      for (const role of all.toReversed()) await end(role, 'SIGTERM');
    },
  };
}

/** What install.yaml says of accounts and rights; nothing of it can run here. */
async function installAccounts(plane: ControlPlane): Promise<void> {
  const file = await readFile(new URL('../../deploy/manifests/install.yaml', import.meta.url), 'utf8');
  const kinds = /^(Namespace|CustomResourceDefinition|ServiceAccount|(Cluster)?Role(Binding)?)$/;
  const objects = parseAllDocuments(file, { version: '1.1' }).map((document) => document.toJS() as { kind: string });
  const items = objects.filter(({ kind }) => kinds.test(kind));
  await plane.kubectl(['apply', '-f', '-'], items.map((item) => JSON.stringify(item)).join('\n---\n'));
  await plane.kubectl(['wait', '--for=condition=Established', 'crd/anomalydetectors.monitoring.my.company']);
}

function loadOf(pods: readonly string[]): Measured[] {
  return pods.flatMap((pod, row) =>
    Array.from({ length: LOAD }, (_, index) => ({
      ...{ name: `load_${index}`, type: 'gauge' as const, labels: { namespace: NAMESPACE, pod } },
      at: (timeMs: number) => 5 + index + Math.sin(timeMs / 7000 + row) + Math.sin(timeMs / 1900),
    })),
  );
}

async function leaders(roles: Roles): Promise<readonly Role[]> {
  const leads = await Promise.all(
    roles.operators.map(({ health }) => metric(health, 'tidewatch_leader').catch(() => 0)),
  );
  return roles.operators.filter((_, index) => leads[index] === 1);
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function epochOf(plane: ControlPlane): Promise<number> {
  const path = 'jsonpath={.spec.leaseTransitions}';
  return Number(await plane.kubectl(['get', 'lease', 'tidewatch-operator', '-n', INSTALLED, '-o', path]));
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects of a reply
async function json(url: string, path: string): Promise<any> {
  const reply = await fetch(`${url}${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** Times of the scores of a pod by track: of each of the load's detectors, and of what is observed. */
async function timesOf(roles: Roles, pod: string): Promise<Map<string, readonly number[]>> {
  const { series } = await json(roles.keeper.page, `/api/entity?key=pod/${NAMESPACE}/${pod}`);
  const ours = series.filter(({ detector: name }: Tracked) => isLoad(name) || isObserved(name));
  const times = await Promise.all(
    ours.map(async ({ track }: Tracked) => {
      const query = `track=${encodeURIComponent(track)}&fromMs=0&toMs=${Date.now()}`;
      return [track, (await json(roles.keeper.page, `/api/series?${query}`)).timesMs] as const;
    }),
  );
  return new Map(times);
}

interface Tracked {
  readonly detector: string;
  /** Begins with the detector's name. */
  readonly track: string;
}

function isLoad(track: string): boolean {
  return track.startsWith(`${NAMESPACE}/load-`);
}

function isObserved(track: string): boolean {
  return track !== '' && !track.startsWith(`${NAMESPACE}/`);
}

function isComplete(times: ReadonlyMap<string, readonly number[]>): boolean {
  const tracks = [...times.keys()];
  return tracks.filter(isLoad).length === LOAD && tracks.some(isObserved);
}

/** Nothing that was there is gone, nothing is there twice, and no step is missing since the first. */
function checkWhole(track: string, before: readonly number[], after: readonly number[]): void {
  const stepMs = isObserved(track) ? OBSERVED_STEP_MS : STEP_MS;
  const kept = new Set(after);
  const lost = before.filter((timeMs) => !kept.has(timeMs));
  if (lost.length > 0) throw new Error(`${track}: ${lost.length} scores were lost`);
  if (kept.size !== after.length) throw new Error(`${track}: a time is there twice`);
  const gap = after.findIndex((timeMs, index) => index > 0 && timeMs - (after[index - 1] ?? 0) > stepMs);
  if (gap > 0) throw new Error(`${track}: nothing between ${after[gap - 1]} and ${after[gap]}`);
}
