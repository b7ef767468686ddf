// What is too much, broken, forbidden, missing or there twice, on a real API server and a real Prometheus: each gets a
// condition or a message that names what it is and what to do, and the commands in it do what they say.
import { once } from 'node:events';
import { join } from 'node:path';
import { type Check, createCheck } from '../e2e/check.ts';
import { start } from '../fixtures/command.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import type { History } from '../parts/history.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type FaultyPrometheus, startFaultyPrometheus } from './faulty-prometheus.ts';
import { beginRun, json, type LiveRun } from './live-run.ts';
import { detector, NAMESPACE, statusOf, untilState } from './shop.ts';

export interface BadInputSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const PODS = 5000;
/** More than the names that a status holds. */
const ANOMALOUS = 150;
const SERIES = 100_000;
const STEP_MS = 30_000;
const POINTS = 40;

interface World extends BadInputSuite {
  readonly check: Check;
  readonly prometheus: FaultyPrometheus;
  /** A run with its own data, as the administrator. */
  begin(name: string, options: readonly string[]): Promise<LiveRun>;
}

export async function run(suite: BadInputSuite): Promise<void> {
  const { plane, folder, report } = suite;
  await plane.kubectl(['create', 'namespace', NAMESPACE]);
  await createPods(plane);
  const real = await startPrometheus({ folder: join(folder, 'prometheus'), series: histories(Date.now()) });
  const prometheus = await startFaultyPrometheus(real.url);
  const cluster = ['--kubeconfig', plane.kubeconfig, '--prometheus', prometheus.url];
  const begin: World['begin'] = (name, options) =>
    beginRun([...cluster, '--data', join(folder, name), '--install', ...options]);
  const world: World = { ...suite, check: createCheck(report), prometheus, begin };
  try {
    await checkRights(world);
    const running = await begin('data', []);
    try {
      await checkTooMuch(world);
      await checkFaults(world);
      await checkRivals(world, running);
      await checkAway(world);
      await checkNoResource(world, running);
    } finally {
      await running.stop();
    }
  } finally {
    await prometheus.stop();
    await real.stop();
  }
}

const nameOf = (index: number): string => `pod-${index}`;

/** Pods that nobody schedules: a detector takes those that are about to run as well. */
async function createPods({ request }: ControlPlane): Promise<void> {
  const indices = Array.from({ length: PODS }, (_, index) => index).values();
  const create = async () => {
    for (const index of indices) {
      const metadata = { name: nameOf(index), labels: index === 0 ? { app: 'many', one: 'yes' } : { app: 'many' } };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'main', image: 'none' }] } };
      const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
      const { status, text } = await request(path, { method: 'POST', body: JSON.stringify(pod) });
      if (status !== 201) throw new Error(text);
    }
  };
  await Promise.all(Array.from({ length: 16 }, create));
}

/** A metric of each pod, with one point far out in some; one with very many series of one pod; and those with faults. */
function histories(nowMs: number): History[] {
  const series = (name: string, index: number, more: Record<string, string>, values: ArrayLike<number>): History => ({
    labels: { __name__: name, namespace: NAMESPACE, pod: nameOf(index), ...more },
    startMs: nowMs - values.length * STEP_MS,
    stepMs: STEP_MS,
    values,
  });
  const usual = (index: number, out: number) =>
    Float64Array.from({ length: POINTS }, (_, at) => Math.sin(at + index) + (at === POINTS - 2 ? out : 0));
  const each = Array.from({ length: PODS }, (_, index) =>
    series('of_each', index, {}, usual(index, index < ANOMALOUS ? 100 : 0)),
  );
  const wide = Array.from({ length: SERIES }, (_, id) => series('too_wide', 0, { id: String(id) }, [1]));
  const faulty = ['answers_html', 'answers_half', 'breaks_off', 'answers_never', 'is_away'].map((name) =>
    series(name, 0, {}, usual(0, 0)),
  );
  return [...each, ...wide, ...faulty];
}

async function checkTooMuch({ check, plane }: World): Promise<void> {
  await check('a selector of 5,000 pods is Active; the status names 100 of the anomalous, and counts all', async () => {
    await plane.kubectl(['apply', '-f', '-'], detector('many', 'many', 'of_each'));
    const status = await untilState(plane, 'many', 'Active', 120_000);
    const { monitoredPods, anomalousPods = [], anomalousPodCount } = status;
    if (monitoredPods !== PODS || anomalousPodCount !== ANOMALOUS || anomalousPods.length !== 100)
      throw new Error(`${monitoredPods} pods, ${anomalousPodCount} anomalous, ${anomalousPods.length} named`);
    const wrong = anomalousPods.filter((name) => Number(name.replace('pod-', '')) >= ANOMALOUS);
    if (wrong.length > 0) throw new Error(`${wrong} are well`);
  });
  await check(
    'a metric with 100,000 series is an Error that says how many are too many, and what to narrow',
    async () => {
      await plane.kubectl(['apply', '-f', '-'], one('too_wide'));
      const { conditions } = await untilState(plane, 'too-wide', 'Error', 60_000);
      const { reason = '', message = '' } = conditions?.[0] ?? {};
      if (reason !== 'TooMuch' || !/more than 20000 series.*fewer labels/.test(message))
        throw new Error(`${reason}: ${message}`);
    },
  );
}

/** A detector of the one pod, named after its metric. */
function one(metricName: string): string {
  return detector(metricName.replaceAll('_', '-'), 'many', metricName).replace('app: many', '"one": "yes"');
}

const SAID: Readonly<Record<string, RegExp>> = {
  answers_html: /HTML instead of JSON.*--prometheus URL/,
  answers_half: /broke off after \d+ bytes.*--prometheus URL/,
  breaks_off: /no answer from http.*--prometheus URL/,
  answers_never: /did not answer within \d+ ms.*--prometheus URL/,
};

async function checkFaults({ check, plane }: World): Promise<void> {
  await check(
    'a Prometheus that answers HTML, half a body or never is an Error of these detectors alone, and says so',
    async () => {
      await plane.kubectl(['apply', '-f', '-'], Object.keys(SAID).map(one).join('---'));
      for (const [metric, said] of Object.entries(SAID)) await expectError(plane, metric, said);
      const { state } = await statusOf(plane, 'many');
      if (state !== 'Active') throw new Error(`another detector is ${state} for it`);
    },
  );
}

async function checkAway({ check, plane, prometheus }: World): Promise<void> {
  await check('one that is away is an Error with its address, and how to name another', async () => {
    await prometheus.stop();
    await plane.kubectl(['apply', '-f', '-'], one('is_away'));
    await expectError(plane, 'is_away', /no answer from http.*ECONNREFUSED.*--prometheus URL/);
  });
}

async function expectError(plane: ControlPlane, metric: string, said: RegExp): Promise<void> {
  const { conditions } = await untilState(plane, metric.replaceAll('_', '-'), 'Error', 90_000);
  const message = conditions?.[0]?.message ?? '';
  if (!said.test(message)) throw new Error(`${metric}: ${message}`);
}

/** What the page's banner and /api/replay say is stuck. */
async function untilTrouble({ url }: LiveRun, what: RegExp, remedy: RegExp): Promise<void> {
  await waitUntil(`a trouble like ${what}`, async () => {
    const { live } = await json(url, '/api/replay');
    const troubles = live.troubles as readonly { what: string; remedy: string }[];
    if (troubles.some((trouble) => what.test(trouble.what) && remedy.test(trouble.remedy))) return true;
    throw new Error(JSON.stringify(troubles));
  });
}

async function checkRivals({ check, begin }: World, running: LiveRun): Promise<void> {
  await check('a second run for the same lease says who acts, and which command shows it', async () => {
    const second = await begin('second', []);
    try {
      await untilTrouble(second, /acts on the detectors.*lease tidewatch-operator in default/, /kubectl get lease /);
    } finally {
      await second.stop();
    }
  });
  await check('two installations in one cluster are told of each other, and how to find and end one', async () => {
    const second = await begin('elsewhere', ['--namespace', NAMESPACE]);
    try {
      await untilTrouble(running, /two installations in this cluster/, /kubectl get leases -A.*kubectl delete /);
    } finally {
      await second.stop();
    }
  });
}

async function checkRights({ check, plane, folder, prometheus }: World): Promise<void> {
  await check(
    'an account without rights is told of all that it needs at once, with the commands that grant it',
    async () => {
      await plane.kubectl(['create', 'serviceaccount', 'nobody', '-n', NAMESPACE]);
      const kubeconfig = await plane.kubeconfigFor({ namespace: NAMESPACE, serviceAccount: 'nobody' });
      const options = ['--kubeconfig', kubeconfig, '--prometheus', prometheus.url, '--data', join(folder, 'nobody')];
      const running = start(['run', '--port', '0', ...options]);
      await running.printed(/Missing are the rights to/);
      if (running.process.exitCode === null) await once(running.process, 'close');
      const { stderr } = running;
      if (running.process.exitCode !== 77) throw new Error(`${running.process.exitCode}: ${stderr}`);
      // Once, and no line of a log.
      const told = stderr.split('\n').filter((line) => /^ {2}(get|list)/.test(line));
      const wanted = ['  list, watch pods, services', '  get namespaces "kube-system"'];
      if (told.sort().join() !== wanted.sort().join() || stderr.includes('{')) throw new Error(stderr);
      await grant(plane, stderr);
      // What was granted holds a moment later.
      for (const right of ['list pods -A', 'watch pods -A', 'list services -A', 'get namespaces/kube-system']) {
        const asked = ['auth', 'can-i', ...right.split(' '), `--as=system:serviceaccount:${NAMESPACE}:nobody`];
        await waitUntil(`the right to ${right}`, async () => (await plane.kubectl(asked)).startsWith('yes'));
      }
      // With what was granted it begins, and is refused nothing.
      const allowed = await beginRun(options);
      await allowed.stop();
      if (/may not|forbidden/i.test(allowed.said())) throw new Error(allowed.said());
    },
  );
}

/** Does what the message says. */
async function grant(plane: ControlPlane, said: string): Promise<void> {
  const commands = said.split('\n').filter((line) => line.startsWith('  kubectl '));
  if (commands.length === 0) throw new Error(said);
  for (const command of commands) await plane.kubectl(command.replace('  kubectl ', '').split(' '));
}

async function checkNoResource({ check, plane }: World, running: LiveRun): Promise<void> {
  await check('without the resource in the cluster it says so, and how to install it', async () => {
    await plane.kubectl(['delete', 'crd', 'anomalydetectors.monitoring.my.company', '--timeout=60s']);
    await untilTrouble(running, /knows no anomalydetectors/, /tidewatch run --install.*kubectl apply -f/);
  });
}
