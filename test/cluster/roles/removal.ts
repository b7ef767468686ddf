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
/** Of one operator from the removal on: a sentence for each thing that it misses, and for each step down. */
const MOST_LINES = 20;
/** Of pino. */
const ERROR = 50;

export function removalTests(): Tests {
  let removedMs = 0;
  return {
    'kubectl delete -f leaves nothing after a minute, while detectors exist and the roles run': async (session) => {
      const { plane, podMonitors } = session;
      await podMonitors;
      const there = await remains(plane);
      for (const kind of ['namespace/', 'customresourcedefinition/', 'clusterrole/', 'podmonitor/']) {
        if (!there.some((name) => name.startsWith(kind))) throw new Error(`no ${kind} to remove: ${there}`);
      }
      removedMs = Date.now();
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
      for (const { health, running } of roles.operators) {
        await waitUntil('it to lead no more', async () => (await metric(health, 'tidewatch_leader')) === 0);
        // Of all that it misses, whatever it says first.
        await waitUntil('it to say that the lease is out of reach', async () => {
          const reply = await fetch(`${health}/readyz`);
          const reason = await reply.text();
          if (reply.status === 503 && /the lease .*(does not know who asks|may not get leases)/.test(reason))
            return true;
          throw new Error(`${reply.status} ${reason}`);
        });
        const lines = (running?.stderr ?? '').split('\n').slice(0, -1);
        const since = lines.filter((line) => Date.parse(JSON.parse(line).time) >= removedMs);
        const loud = since.filter((line) => JSON.parse(line).level >= ERROR || line.includes('"stack"'));
        if (loud.length > 0 || since.length > MOST_LINES) throw new Error(`${since.length} lines; ${loud.join('\n')}`);
      }
    },
    'without any operator the page says so, and shows what it has': async (session) => {
      const { keeper } = session.roles;
      const trouble = await waitUntil(
        'the trouble',
        async () => {
          const { troubles } = (await json(keeper.page, '/api/replay')).live;
          return troubles.find(({ what }: { what: string }) => what.includes('operator-away'));
        },
        { timeoutMs: 150_000, everyMs: 1000 },
      );
      if (trouble.blocking) throw new Error(JSON.stringify(trouble));
      if (!(await fetch(`${keeper.health}/readyz`)).ok) throw new Error('the keeper is not ready');
      if (!isComplete(await timesOf(session))) throw new Error('what was stored is gone');
    },
    'each role still ends well when it is told to': async ({ roles }) => {
      for (const role of roles.all.toReversed()) await roles.end(role);
    },
  };
}

/** What is left of the installation and what belonged to it, or is on its way out. */
async function remains(plane: ControlPlane): Promise<string[]> {
  const kinds = [
    ...['namespaces', 'customresourcedefinitions', 'clusterroles', 'clusterrolebindings', 'persistentvolumes'],
    ...['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
  ];
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
