// F8: kill -9 after each write that a reconcile makes, before anybody hears of its answer; then the process is started
// again. The cluster must come to the same as without, with nothing that belongs to nobody.
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyOf, scrapeConfig, startExporter } from '../cluster/exporter.ts';
import { POD_MONITOR_CRD } from '../cluster/pod-monitors.ts';
import { detector, measure, NAMESPACE, openShop } from '../cluster/shop.ts';
import { type Running, start } from '../fixtures/command.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { dieTogether } from '../parts/orphans.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type ApiProxy, startApiProxy, type Write } from './api-proxy.ts';
import { demand, type Fault } from './contract.ts';

const HOUR = 3_600_000;
const SHOP = ['-n', NAMESPACE];
/** One whose metric is there, one whose metric is not and whose pods can be scraped, one without pods. */
const DETECTORS = [detector('there', 'cart'), detector('absent', 'ads', 'no_such_metric'), detector('nobody', 'none')];
const SETTLED: Readonly<Record<string, string>> = { there: 'Active', absent: 'AwaitingMetrics', nobody: 'NoPodsFound' };
const PATIENCE_MS = 60_000;
/** A write may come with the next check only, a minute later. */
const CRASH_MS = 150_000;

export const reconcileCrash: Fault = {
  id: 'F8',
  title: 'kill -9 after every write of a reconcile',
  needs: ['kube-apiserver', 'etcd', 'kubectl', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'prometheus'],
  async run({ folder, say }) {
    await using ending = new AsyncDisposableStack();
    const plane = await startControlPlane({ folder, simulate: true });
    ending.defer(() => plane.stop());
    const pods = await openShop(plane);
    const exporter = await startExporter();
    ending.defer(() => exporter.stop());
    exporter.expose(measure(pods));
    const endMs = Date.now();
    const prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      config: scrapeConfig(exporter.address),
      series: historyOf(measure(pods), exporter.address, endMs - HOUR, endMs, 15_000),
    });
    ending.defer(() => prometheus.stop());
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(POD_MONITOR_CRD));
    const api = await startApiProxy(plane);
    ending.defer(() => api.stop());
    const kubeconfig = join(folder, 'proxied.kubeconfig');
    const text = await readFile(plane.kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replaceAll(plane.url, api.url), { mode: 0o600 });
    const begin = (data: string) =>
      launch(['--kubeconfig', kubeconfig, '--prometheus', prometheus.url, '--data', join(folder, data)]);

    // Without a crash: what the world comes to, and which writes lead there.
    const whole = await withoutCrash(plane, api, () => begin('whole'));
    say(`${whole.writes.length} writes: ${whole.writes.map(nameOf).join(', ')}`);
    demand(whole.writes.length >= 5, `only ${whole.writes.length} writes`);

    let crashes = 0;
    const hit = new Set<string>();
    const crash = async (name: string, isIt: (write: Write, count: number) => boolean) => {
      await reset(plane);
      if (await crashAfter(isIt, api, hit, () => begin(name))) crashes++;
      const again = await begin(name);
      try {
        await untilSettled(plane);
        await waitUntil(
          `the same world after a crash, ${name}`,
          async () => {
            const world = await worldOf(plane);
            demand(world === whole.world, `${world}\nwithout: ${whole.world}`);
            return true;
          },
          { timeoutMs: PATIENCE_MS, everyMs: 250 },
        );
      } finally {
        await end(again);
      }
    };
    for (let point = 1; point <= whole.writes.length; point++) {
      await crash(`after-write-${point}`, (_, count) => count === point);
    }
    // What is written when depends on what is answered when: a kind that never came in its turn has one of its own.
    const missed = new Set(whole.writes.map(kindOf).filter((kind) => !hit.has(kind)));
    for (const kind of missed) await crash(`after-${kind.replace('/', '-')}`, (write) => kindOf(write) === kind);
    demand(crashes === whole.writes.length + missed.size, `${crashes} crashes, not all`);
    return {
      broken: `${crashes} crashes, one after each write (${[...new Set(whole.writes.map(kindOf))].join(', ')})`,
      seen: 'each time the same states and the same PodMonitor, owned by its detector',
      lost: 0,
      doubled: 0,
    };
  },
};

/** All but the renewals of the lease, which come by the clock, and what only asks for its own rights, which stores nothing. */
function counts({ method, path }: Write): boolean {
  if (path.includes('/selfsubjectaccessreviews')) return false;
  return !(method === 'PUT' && path.includes('/leases/'));
}

function nameOf({ method, path }: Write): string {
  return `${method} ${path.split('?')[0]?.split('/').slice(-2).join('/')}`;
}

function kindOf({ path }: Write): string {
  const kind = /(leases|events|podmonitors|anomalydetectors|customresourcedefinitions)/.exec(path)?.[1] ?? path;
  return path.includes('/status') ? `${kind}/status` : kind;
}

async function withoutCrash(plane: ControlPlane, api: ApiProxy, begin: () => Promise<Running>) {
  await reset(plane);
  const from = api.writes.length;
  const running = await begin();
  try {
    await untilSettled(plane);
    const told = await waitUntil('an event for each detector', async () => {
      const events = api.writes.slice(from).filter(({ path }) => path.includes('/events'));
      return events.length >= DETECTORS.length && api.writes.slice(from).filter(counts);
    });
    return { world: await worldOf(plane), writes: told };
  } finally {
    await end(running);
  }
}

/** Whether it was killed when the API server had answered this write; notes what it was of. */
async function crashAfter(
  isIt: (write: Write, count: number) => boolean,
  api: ApiProxy,
  hit: Set<string>,
  begin: () => Promise<Running>,
): Promise<boolean> {
  let written = 0;
  let running: Running | undefined;
  const died = Promise.withResolvers<boolean>();
  api.onWrite = async (moment, write) => {
    if (moment === 'before' || !counts(write) || !isIt(write, ++written)) return;
    hit.add(kindOf(write));
    running?.process.kill('SIGKILL');
    died.resolve(true);
    throw new Error('nobody is there to hear the answer');
  };
  try {
    running = await begin().catch(() => undefined);
    const late = AbortSignal.timeout(CRASH_MS);
    late.addEventListener('abort', () => died.resolve(false));
    const isDead = await died.promise;
    if (running !== undefined) await end(running);
    return isDead;
  } finally {
    api.onWrite = () => undefined;
  }
}

async function launch(options: readonly string[]): Promise<Running> {
  const running = start(['run', '--install', '--port', '0', ...options]);
  dieTogether(running.process);
  await running.printed(/Page +\S+/);
  return running;
}

async function end({ process }: Running): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'close');
  process.kill('SIGKILL');
  await ended;
}

/** Detectors that nobody has looked at, and nothing of before. */
async function reset(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['delete', 'lease', '--all', '-n', 'default']);
  // kubectl's discovery may be of before a kind was served.
  await waitUntil('nothing of before', () => plane.kubectl(['delete', 'podmonitors', '--all', ...SHOP]));
  const crd = new URL('../../deploy/crds/anomalydetectors.yaml', import.meta.url);
  await plane.kubectl(['apply', '-f', '-'], await readFile(crd, 'utf8'));
  await plane.kubectl(['wait', '--for=condition=Established', 'crd/anomalydetectors.monitoring.my.company']);
  await waitUntil('no detector', () => plane.kubectl(['delete', 'anomalydetectors', '--all', ...SHOP]));
  await waitUntil('the detectors', () => plane.kubectl(['apply', '-f', '-'], DETECTORS.join('---')));
}

interface Listed {
  readonly metadata: { readonly name: string; readonly uid: string; readonly ownerReferences?: { uid: string }[] };
  readonly status?: { readonly state?: string; readonly monitoredPods?: number; readonly anomalousPodCount?: number };
}

async function list(plane: ControlPlane, kind: string): Promise<readonly Listed[]> {
  return (JSON.parse(await plane.kubectl(['get', kind, ...SHOP, '-o', 'json'])) as { items: Listed[] }).items;
}

async function untilSettled(plane: ControlPlane): Promise<void> {
  await waitUntil(
    'every detector to have its state, and the PodMonitor to be there',
    async () => {
      const detectors = await list(plane, 'anomalydetectors');
      const states = detectors.map(({ metadata, status }) => `${metadata.name} ${status?.state}`);
      const isSettled = detectors.every(({ metadata, status }) => status?.state === SETTLED[metadata.name]);
      if (!isSettled) throw new Error(states.join(', '));
      return (await list(plane, 'podmonitors')).length > 0;
    },
    { timeoutMs: PATIENCE_MS, everyMs: 250 },
  );
}

/** As text: states and counts by name, and who owns each PodMonitor. */
async function worldOf(plane: ControlPlane): Promise<string> {
  const detectors = await list(plane, 'anomalydetectors');
  const names = new Map(detectors.map(({ metadata }) => [metadata.uid, metadata.name]));
  const states = detectors.map(
    ({ metadata: { name }, status }) =>
      `${name} ${status?.state} ${status?.monitoredPods ?? 0} ${status?.anomalousPodCount ?? 0}`,
  );
  const monitors = (await list(plane, 'podmonitors')).map(
    ({ metadata: { ownerReferences = [] } }) => `PodMonitor of ${ownerReferences.map(({ uid }) => names.get(uid))}`,
  );
  return [...states.sort(), ...monitors.sort()].join('; ');
}
