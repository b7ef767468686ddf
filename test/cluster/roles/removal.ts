// `kubectl delete -f install.yaml` while detectors exist and the roles run: nothing is left after a minute, and the roles, whose
// accounts and resource are gone, wait and say why.
import { readFile } from 'node:fs/promises';
import type { ControlPlane } from '../../parts/control-plane.ts';
import { waitUntil } from '../../parts/wait-until.ts';
import { NAMESPACE } from '../shop.ts';
import { json, metric } from './pages.ts';
import { isComplete, timesOf } from './scores.ts';
import type { Tests } from './session.ts';

const FILE = new URL('../../../deploy/manifests/install.yaml', import.meta.url);
const GONE_WITHIN_MS = 60_000;
/** Of one process from the removal on: a sentence for each thing that it misses. */
const MOST_LINES = 12;

export const REMOVAL_TESTS: Tests = {
  'kubectl delete -f leaves nothing after a minute, while detectors exist and the roles run': async (session) => {
    const { plane, podMonitors, roles } = session;
    await podMonitors;
    const there = await remains(plane);
    for (const kind of ['namespace/', 'customresourcedefinition/', 'clusterrole/', 'podmonitor/']) {
      if (!there.some((name) => name.startsWith(kind))) throw new Error(`no ${kind} to remove: ${there}`);
    }
    const beganMs = performance.now();
    const file = await readFile(FILE, 'utf8');
    await plane.kubectl(['delete', '--ignore-not-found', '--timeout=60s', '-f', '-'], file);
    await waitUntil(
      'nothing to be left',
      async () => {
        const left = await remains(plane);
        if (left.length > 0) throw new Error(left.join());
        return true;
      },
      { timeoutMs: Math.max(1, GONE_WITHIN_MS - (performance.now() - beganMs)) },
    );
    return `${((performance.now() - beganMs) / 1000).toFixed(0)} s`;
  },
  'the operators step down, stay, and say in a sentence what they miss': async ({ roles }) => {
    for (const operator of roles.operators) {
      await waitUntil('it to lead no more', async () => (await metric(operator.health, 'tidewatch_leader')) === 0);
      const reason = await waitUntil(
        'it to be not ready',
        async () => {
          const reply = await fetch(`${operator.health}/readyz`);
          return reply.status === 503 && reply.text();
        },
        { timeoutMs: 240_000, everyMs: 1000 },
      );
      console.log('REASON', reason);
      console.log(operator.running?.stderr.slice(-6000));
      console.log(operator.running?.stdout.slice(-1500));
    }
  },
  'without any operator the page says so, and shows what it has': async (session) => {
    const { keeper } = session.roles;
    const trouble = await waitUntil(
      'the trouble',
      async () => (await json(keeper.page, '/api/replay')).live.troubles[0],
      { timeoutMs: 150_000, everyMs: 1000 },
    );
    if (!trouble.what.includes('operator-away') || trouble.blocking) throw new Error(JSON.stringify(trouble));
    if (!(await fetch(`${keeper.health}/readyz`)).ok) throw new Error('the keeper is not ready');
    if (!isComplete(await timesOf(session))) throw new Error('what was stored is gone');
  },
  'each role still ends well when it is told to': async ({ roles }) => {
    for (const role of roles.all.toReversed()) await roles.end(role);
  },
};

/** What is left of the installation and what belonged to it, or is on its way out. */
async function remains(plane: ControlPlane): Promise<string[]> {
  const kinds = ['namespaces', 'customresourcedefinitions', 'clusterroles', 'clusterrolebindings', 'persistentvolumes'];
  const lists = await Promise.all([
    plane.kubectl(['get', kinds.join(','), '-o', 'json']),
    plane.kubectl(['get', 'podmonitors', '-n', NAMESPACE, '-o', 'json']),
  ]);
  const items = lists.flatMap((list) => (JSON.parse(list) as { items: readonly Item[] }).items);
  return items
    .filter(({ kind, metadata: { name, deletionTimestamp } }) => {
      return deletionTimestamp !== undefined || kind === 'PodMonitor' || /tidewatch|anomalydetector/.test(name);
    })
    .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
}

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}
