// F6: the handler throws for one object, each time: only that one backs off, the others are worked on, and the process lives,
// also when it is started again with that object there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { dieTogether } from '../parts/orphans.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { DETECTORS, FAULT_NAMESPACE } from './changes.ts';
import { demand, type Fault } from './contract.ts';
import { DEAF, THROWING_METRIC, UNREADABLE } from './handler-names.ts';
import { makeNamespace } from './watched.ts';

const OTHERS = 30;
const FOR_MS = 20_000;
/** Doubled each time: the twelfth try is due after 10 s, the thirteenth after 20 s. */
const FIRST_MS = 5;
const TRIES = { least: 10, most: 14 };
/** Usually; one of them may have met a machine without time. */
const PROMPT_MS = 2000;
const MOST_MS = 10_000;
const BAD = `${FAULT_NAMESPACE}/bad`;

export const handlerThrows: Fault = {
  id: 'F6',
  title: 'the handler throws for one object',
  needs: ['kube-apiserver', 'etcd', 'kubectl'],
  async run({ rng, folder, say }) {
    const plane = await startControlPlane({ folder });
    await using ending = new AsyncDisposableStack();
    ending.defer(() => plane.stop());
    await makeNamespace(plane);
    const names = [...Array.from({ length: OTHERS }, (_, index) => `o-${index}`), DEAF, UNREADABLE];
    const all = [...names.map((name) => detector(name)), detector('bad', THROWING_METRIC)].join('---\n');
    // kubectl's discovery may be of before the kind was served.
    await waitUntil('the detectors to be taken', () => plane.kubectl(['apply', '-f', '-'], all));

    const seen: string[] = [];
    for (const start of [1, 2]) {
      const handler = startHandler(plane.kubeconfig);
      ending.defer(() => handler.kill());
      await waitUntil('the first list', () => handler.counts() !== undefined);
      const startedMs = performance.now();
      const { listenerErrors = 0, quarantined = 0 } = handler.counts() ?? {};
      demand(
        listenerErrors === 1 && quarantined === 1,
        `${listenerErrors} listeners threw, ${quarantined} were unread`,
      );
      // What changes while the bad one is tried again and again is worked on at once.
      const slowest = await changeOthers(plane, handler, () => `o-${Math.floor(rng.uniform() * OTHERS)}`);
      await pause(Math.max(0, startedMs + FOR_MS - performance.now()));
      const gaps = gapsOf(handler.triesOf(BAD));
      // A busy machine makes a try late, and none early; a clock may be off by the millisecond it counts in.
      const isSlower = gaps.every((gap, index) => gap >= FIRST_MS * 2 ** index - 2);
      demand(isSlower, `it does not back off: ${gaps.map((gap) => gap.toFixed(0)).join(', ')} ms`);
      const tries = gaps.length + 1;
      demand(tries >= TRIES.least && tries <= TRIES.most, `${tries} tries of the bad one in ${FOR_MS / 1000} s`);
      demand(handler.isAlive(), 'the process has ended');
      seen.push(`start ${start}: ${tries} tries in ${FOR_MS / 1000} s, others within ${slowest.toFixed(0)} ms`);
      say(seen.at(-1) ?? '');
      if (start === 1) await handler.kill();
    }
    const unwritten = await untilWritten(
      plane,
      names.filter((name) => name.startsWith('o-')),
    );
    const state = (await statesOf(plane)).get('bad');
    demand(state === 'Pending', `the bad one has the status ${state}`);
    // And once it is well it is worked on like any other.
    await plane.kubectl(['apply', '-f', '-'], detector('bad', 'latency_seconds'));
    const stillBad = await untilWritten(plane, ['bad']);
    return {
      broken: `reconcile throws for one of ${OTHERS + 1} detectors, a listener and a projection for one each; the process killed and started again`,
      seen: `${seen.join('; ')}; all others have their status, and the bad one as soon as it was mended`,
      lost: unwritten.length + stillBad.length,
      doubled: 0,
    };
  },
};

function detector(name: string, metricName = 'latency_seconds'): string {
  const { spec, ...body } = DETECTORS.body(name) as { spec: object };
  const metadata = { name, namespace: FAULT_NAMESPACE };
  return `${JSON.stringify({ ...body, metadata, spec: { ...spec, metrics: [{ name: metricName }] } })}\n`;
}

interface Line {
  readonly key?: string;
  readonly atMs?: number;
  readonly listenerErrors?: number;
  readonly quarantined?: number;
}

type Handler = ReturnType<typeof startHandler>;

function startHandler(kubeconfig: string) {
  const file = fileURLToPath(new URL('handler-process.ts', import.meta.url));
  const child = spawn(process.execPath, [file, kubeconfig], { stdio: ['ignore', 'pipe', 'inherit'] });
  dieTogether(child);
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  return {
    isAlive,
    counts: () => lines.find(({ listenerErrors }) => listenerErrors !== undefined),
    triesOf: (key: string) => lines.flatMap((line) => (line.key === key ? [line.atMs ?? 0] : [])),
    kill: async () => {
      if (!isAlive()) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Changes some of the others, one after the other; the longest time until one was worked on. */
async function changeOthers(plane: ControlPlane, handler: Handler, choose: () => string): Promise<number> {
  const took: number[] = [];
  for (let count = 0; count < 10; count++) {
    const name = choose();
    const key = `${FAULT_NAMESPACE}/${name}`;
    const before = handler.triesOf(key).length;
    await plane.kubectl(['apply', '-f', '-'], detector(name, `metric_${Date.now()}`));
    const changedMs = performance.now();
    await waitUntil(`${name} to be worked on`, () => handler.triesOf(key).length > before, {
      timeoutMs: MOST_MS,
      everyMs: 5,
    });
    took.push(performance.now() - changedMs);
  }
  const usualMs = took.toSorted((one, other) => one - other)[took.length >> 1] ?? Number.NaN;
  demand(usualMs <= PROMPT_MS, `another was usually worked on after ${usualMs.toFixed(0)} ms`);
  return Math.max(...took);
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

async function statesOf(plane: ControlPlane): Promise<Map<string, string>> {
  const text = await plane.kubectl(['get', 'anomalydetectors', '-n', FAULT_NAMESPACE, '-o', 'json']);
  const { items } = JSON.parse(text) as { items: { metadata: { name: string }; status?: { state?: string } }[] };
  return new Map(
    items.flatMap(({ metadata, status }) => (status?.state === undefined ? [] : [[metadata.name, status.state]])),
  );
}

/** Those that have none in good time. */
async function untilWritten(plane: ControlPlane, names: readonly string[]): Promise<readonly string[]> {
  const missing = async () => {
    const states = await statesOf(plane);
    return names.filter((name) => states.get(name) !== 'NoPodsFound');
  };
  await waitUntil('the statuses', async () => (await missing()).length === 0, {
    timeoutMs: 30_000,
    everyMs: 250,
  }).catch(() => undefined);
  return missing();
}
