// The roles as processes with mutual TLS, under the tokens of install.yaml's accounts: a keeper, two operators, and three
// analysers on one port of three addresses, which a name server knows by one name, as a headless Service has it.
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Running, start } from '../../fixtures/command.ts';
import type { ControlPlane } from '../../parts/control-plane.ts';
import { dieTogether } from '../../parts/orphans.ts';
import { freePorts } from '../../parts/ports.ts';
import { makeCertificates } from '../python/environment.ts';
import { type NameServer, startNameServer } from '../python/name-server.ts';
import { metric } from './pages.ts';
import { INSTALLED } from './session.ts';

export interface Role {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** What it prints when it has begun. */
  readonly printed: RegExp;
  readonly health: string;
  running: Running | undefined;
}

export interface Roles {
  readonly keeper: Role & { readonly page: string };
  readonly operators: readonly Role[];
  readonly analysers: readonly (Role & { readonly host: string })[];
  readonly names: NameServer;
  readonly all: readonly Role[];
  start(role: Role): Promise<void>;
  /** With SIGKILL. */
  kill(role: Role): Promise<void>;
  /** With SIGTERM; rejects when it does not end well, or not within 20 s. */
  end(role: Role): Promise<void>;
  /** The operator that leads; rejects unless there is exactly one. */
  leader(): Promise<Role>;
  /** What they wrote to stderr last. */
  said(): string;
  stop(): Promise<void>;
}

const PRELOADED = new URL('ask-name-server.ts', import.meta.url).href;
const HOSTS = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
const END_MS = 20_000;

export interface RolesOptions {
  /** May give an operator other arguments or another environment. */
  readonly adjust?: (operator: Role, index: number) => Role;
  /** Begins the command that makes the certificates. */
  readonly certifiedBy?: readonly string[];
}

export async function createRoles(
  plane: ControlPlane,
  folder: string,
  { adjust = (operator) => operator, certifiedBy = [] }: RolesOptions = {},
): Promise<Roles> {
  await writeCertificates(folder, certifiedBy);
  const names = await startNameServer(HOSTS.slice(0, 2));
  const [page = 0, append = 0, analysis = 0, ...health] = await freePorts(9);
  const kubeconfig = await plane.kubeconfigFor({ namespace: INSTALLED, serviceAccount: 'tidewatch-operator' });
  const role = (name: string, index: number, printed: RegExp, args: readonly string[], env = {}): Role => ({
    args: [
      ...[name, ...args, `--health-port=${health[index]}`, '--health-host=127.0.0.1'],
      ...[`--tls=${join(folder, 'tls', name)}`, '--log-level=info'],
    ],
    ...{ env, printed, health: `http://127.0.0.1:${health[index]}`, running: undefined },
  });
  const data = `--data=${join(folder, 'keeper')}`;
  const ports = [`--page-port=${page}`, `--append-port=${append}`, '--host=127.0.0.1'];
  const keeper = {
    ...role('keeper', 0, /Operators +\S+/, [data, ...ports]),
    page: `http://127.0.0.1:${page}`,
  };
  const analysers = HOSTS.map((host, index) => ({
    ...role('analyser', 1 + index, /Analyser +\S+/, [`--port=${analysis}`, `--host=${host}`]),
    host,
  }));
  const operators = [4, 5]
    .map((index) =>
      role(
        'operator',
        index,
        /Stands by as/,
        [
          ...[`--namespace=${INSTALLED}`, `--kubeconfig=${kubeconfig}`, `--keeper=https://localhost:${append}`],
          ...[`--analysers=dns:///analysers:${analysis}`, '--no-fallback', '--workers=1'],
          `--spool=${join(folder, `spool-${index}`)}`,
        ],
        { NODE_OPTIONS: `--import=${PRELOADED}`, TEST_NAME_SERVER: `127.0.0.1:${names.port}` },
      ),
    )
    .map(adjust);
  const all = [keeper, ...analysers, ...operators];
  return {
    ...{ keeper, analysers, operators, names, all },
    start: begin,
    kill: async (one) => void (await endBy(one, 'SIGKILL')),
    end,
    leader: () => onlyLeader(operators),
    said: () => all.map(({ args, running }) => `--- ${args[0]}: ${running?.stderr.slice(-1500) ?? ''}`).join('\n'),
    async stop() {
      for (const one of all.toReversed()) await endBy(one, 'SIGKILL');
      names.close();
    },
  };
}

async function begin(role: Role): Promise<void> {
  const running = start(role.args, role.env);
  dieTogether(running.process);
  role.running = running;
  await running.printed(role.printed);
}

/** The code or signal that it ended with; undefined when it did not run. */
export async function endBy({ running }: Pick<Role, 'running'>, signal: NodeJS.Signals): Promise<unknown> {
  if (running === undefined || running.process.exitCode !== null || running.process.signalCode !== null) return;
  const ended = once(running.process, 'close');
  running.process.kill(signal);
  const [code, by] = await ended;
  return code ?? by;
}

async function end(role: Role): Promise<void> {
  const stubborn = setTimeout(() => role.running?.process.kill('SIGKILL'), END_MS);
  const code = await endBy(role, 'SIGTERM').finally(() => clearTimeout(stubborn));
  if (code !== 0)
    throw new Error(`${role.args[0]} ended with ${code} on SIGTERM: ${role.running?.stderr.slice(-2000)}`);
}

async function onlyLeader(operators: readonly Role[]): Promise<Role> {
  const leads = await Promise.all(operators.map(({ health }) => metric(health, 'tidewatch_leader').catch(() => 0)));
  const [leader, ...others] = operators.filter((_, index) => leads[index] === 1);
  if (leader === undefined || others.length > 0) throw new Error(`of the operators ${leads} lead`);
  return leader;
}

async function writeCertificates(folder: string, certifiedBy: readonly string[]): Promise<void> {
  const names = ['keeper', 'operator', 'analyser'] as const;
  const certificates = await makeCertificates(join(folder, 'certificates'), names, certifiedBy);
  for (const name of names) {
    const { cert, key, ca } = certificates[name];
    await mkdir(join(folder, 'tls', name), { recursive: true });
    for (const [file, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca }))
      await writeFile(join(folder, 'tls', name, file), text, { mode: 0o600 });
  }
}
