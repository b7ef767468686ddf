// A keeper and two operators on one API server, each operator behind a proxy of its own, with detectors that have something
// stored every few seconds: what the faults of leadership are tried on.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyOf, scrapeConfig, startExporter } from '../cluster/exporter.ts';
import { installWithoutWebhooks } from '../cluster/install-manifest.ts';
import { loadDetectors, loadOf } from '../cluster/roles/load.ts';
import { metric } from '../cluster/roles/pages.ts';
import { createRoles, type Role, type Roles } from '../cluster/roles/processes.ts';
import { completeTimes, type Times } from '../cluster/roles/scores.ts';
import { INSTALLED } from '../cluster/roles/session.ts';
import { measure, openShop } from '../cluster/shop.ts';
import type { PartName } from '../parts/catalogue.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export const LEADERS_NEED: readonly PartName[] = [
  ...([
    'kube-apiserver',
    'etcd',
    'kubectl',
    'kube-controller-manager',
    'kube-scheduler',
    'kwok',
    'prometheus',
  ] as const),
];
export const TAKEN_OVER_MS = 25_000;
const HOUR = 3_600_000;

export interface Leaders {
  readonly plane: ControlPlane;
  readonly roles: Roles;
  /** Whose scores are looked at. */
  readonly pod: string;
  /** Between each operator and the API server. */
  readonly proxies: readonly TcpProxy[];
  readonly leader: Role;
  readonly other: Role;
  readonly leaderIndex: number;
  /** What was stored when the load was complete. */
  readonly before: Times;
}

export interface LeadersOptions {
  readonly folder: string;
  readonly ending: AsyncDisposableStack;
  /** More environment for an operator. */
  readonly envOf?: (index: number) => Record<string, string>;
  /** Begins the command that makes the certificates. */
  readonly certifiedBy?: readonly string[];
  /** Whether the API server writes down each request. */
  readonly audit?: boolean;
  /** Where the operators find it, when not at its own address. */
  readonly prometheusBehind?: (url: string) => Promise<string>;
}

/** The first operator leads. */
export async function openLeaders({
  folder,
  ending,
  envOf = () => ({}),
  certifiedBy = [],
  audit = false,
  prometheusBehind = async (url) => url,
}: LeadersOptions): Promise<Leaders> {
  const plane = await startControlPlane({ folder: join(folder, 'plane'), simulate: true, audit });
  ending.defer(() => plane.stop());
  const pods = await openShop(plane);
  const exporter = await startExporter();
  ending.defer(() => exporter.stop());
  const measured = [...measure(pods), ...loadOf(pods)];
  exporter.expose(measured);
  const endMs = Date.now();
  const prometheus = await startPrometheus({
    folder: join(folder, 'prometheus'),
    config: scrapeConfig(exporter.address),
    series: historyOf(measured, exporter.address, endMs - HOUR, endMs, 15_000),
  });
  ending.defer(() => prometheus.stop());
  const prometheusUrl = await prometheusBehind(prometheus.url);
  await plane.kubectl(['apply', '-f', '-'], await installWithoutWebhooks());

  const account = { namespace: INSTALLED, serviceAccount: 'tidewatch-operator' };
  const kubeconfig = await readFile(await plane.kubeconfigFor(account), 'utf8');
  const proxies: TcpProxy[] = [];
  const configs: string[] = [];
  for (let index = 0; index < 2; index++) {
    const proxy = await startTcpProxy({ targetPort: Number(new URL(plane.url).port) });
    ending.defer(() => proxy.stop());
    proxies.push(proxy);
    const path = join(folder, `operator-${index}.kubeconfig`);
    await writeFile(path, kubeconfig.replaceAll(plane.url, `https://127.0.0.1:${proxy.port}`), { mode: 0o600 });
    configs.push(path);
  }
  const adjust = (operator: Role, index: number): Role => ({
    ...operator,
    // No analysers: the operators score in their own process.
    args: [
      ...operator.args.filter((one) => !/^--(kubeconfig|analysers|no-fallback)/.test(one)),
      ...[`--kubeconfig=${configs[index]}`, `--prometheus=${prometheusUrl}`],
    ],
    env: envOf(index),
  });
  const roles = await createRoles(plane, folder, { adjust, certifiedBy });
  ending.defer(() => roles.stop());
  await roles.start(roles.keeper);
  const [leader, other] = roles.operators;
  if (leader === undefined || other === undefined) throw new Error('there are no two operators');
  await roles.start(leader);
  await waitUntil('the first to lead', () => roles.leader());
  await roles.start(other);
  await waitUntil('the detectors to be taken', () => plane.kubectl(['apply', '-f', '-'], loadDetectors().join('---')));
  const pod = pods.find((name) => name.startsWith('cart')) ?? '';
  const before = await completeTimes({ roles, pod });
  return { plane, roles, pod, proxies, leader, other, leaderIndex: 0, before };
}

/** Whether it leads, by its own account; false as well when it does not answer. */
export async function leads({ health }: Role): Promise<boolean> {
  const reply = await Promise.race([
    metric(health, 'tidewatch_leader').catch(() => 0),
    new Promise<number>((resolve) => setTimeout(() => resolve(0), 500)),
  ]);
  return reply === 1;
}

/** Milliseconds since `sinceMs` until this one leads. */
export async function untilLeads(role: Role, sinceMs: number, what: string): Promise<number> {
  await waitUntil(what, () => leads(role), { timeoutMs: 60_000, everyMs: 100 });
  return performance.now() - sinceMs;
}

export function signal({ running }: Role, name: NodeJS.Signals): void {
  running?.process.kill(name);
}
