// F25s: 200 slow clients at each door of a keeper: headers a byte a second, answers read a byte a second or not at all, event
// streams that nobody reads, hundreds of questions before an answer. Readers, probes and an operator must not notice: they wait as long as
// at a keeper of the same data that nobody is slow at, at the same time, so that another load of the machine counts for both.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { metric, metrics } from '../cluster/roles/pages.ts';
import { start } from '../fixtures/command.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { batchOf, compareStore } from './append-batches.ts';
import { demand, type Fault } from './contract.ts';
import { type Others, startOthers, USES, type Waits } from './others.ts';
import { mebibytes, readUse } from './process-use.ts';
import type { SlowReport } from './slow-clients-process.ts';

/** So many findings that a page of them is half a megabyte. */
const FILLED = 2000;
const CALM_MS = 20_000;
/** Several times what a request may take to come. */
const SLOW_MS = 60_000;
const LOOKS = 3;
const MOST_GROWTH_BYTES = 256 * 2 ** 20;
const MOST_RECOVERY_MS = 120_000;

export const slowClients: Fault = {
  id: 'F25s',
  title: '200 slow clients at each door of the keeper',
  needs: [],
  async run({ folder, say }) {
    await using ending = new AsyncDisposableStack();
    const beganMs = Math.floor(Date.now() / 1000) * 1000 - FILLED * 1000;
    const [data, undisturbed] = [join(folder, 'keeper'), join(folder, 'undisturbed')];
    await fill(data, beganMs);
    await cp(data, undisturbed, { recursive: true });
    const [one, control] = [await startKeeper(data, beganMs, ending), await startKeeper(undisturbed, beganMs, ending)];
    const [before] = await Promise.all([lookAt(one, CALM_MS), lookAt(control, CALM_MS)]);
    const slow = await startSlow(one.ports, ending);
    let [during, calm] = await Promise.all([lookAt(one, SLOW_MS), lookAt(control, SLOW_MS)]);
    // Another load in just that minute may have met one of the two more: who is held up by slow clients is so in every minute.
    for (let look = 1; look < LOOKS && USES.some((use) => during.waits[use] > 2 * calm.waits[use]); look++) {
      [during, calm] = await Promise.all([lookAt(one, SLOW_MS), lookAt(control, SLOW_MS)]);
    }
    const report = await slow.end();
    const recoveryMs = await untilRecovered(one, control);
    const shed = await shedBy(one.urls);
    const batches = await one.others.stop();
    await control.others.stop();
    one.keeper.kill('SIGKILL');
    await once(one.keeper, 'close');
    for (const [name, { waits, peakBytes }] of Object.entries({ before, during, 'at the other': calm })) {
      say(`${name}: ${textOf(waits)}, memory ${mebibytes(peakBytes)} MiB`);
    }
    say(
      `shed: ${[...shed].map(([reason, count]) => `${reason} ${count}`).join(', ')}; answers ${JSON.stringify(report.statuses)}`,
    );
    const { failures } = one.others;
    demand(failures.length === 0, `${failures.length} failed for the others: ${failures[0]}`);
    for (const use of USES) {
      const [waitedMs, calmMs] = [during.waits[use], calm.waits[use]];
      demand(waitedMs <= 2 * calmMs, `${use} took ${waitedMs} ms, and ${calmMs} ms where nobody is slow`);
    }
    const growthBytes = during.peakBytes - before.peakBytes;
    demand(growthBytes <= MOST_GROWTH_BYTES, `memory grew by ${mebibytes(growthBytes)} MiB`);
    demandShown(shed, report);
    const all = [...shed.values()].reduce((sum, count) => sum + count, 0);
    return {
      broken: `${report.clients} clients at three doors: a byte a second, or nothing read, or hundreds of questions before an answer; ${report.letGo} times they came again`,
      seen: `95 % of ${USES.map((use) => `${use}s within ${during.waits[use].toFixed(0)} ms (${calm.waits[use].toFixed(0)} where nobody is slow)`).join(', ')}; ${mebibytes(growthBytes)} MiB more; ${all} let go and counted; recovered in ${(recoveryMs / 1000).toFixed(0)} s`,
      ...(await compareStore(data, batches, beganMs)),
    };
  },
};

async function fill(folder: string, beganMs: number): Promise<void> {
  const store = await openEmbeddedStore({ folder });
  const numbers = Array.from({ length: FILLED }, (_, number) => number);
  try {
    while (numbers.length > 0) {
      await Promise.all(numbers.splice(0, 500).map((number) => store.append(batchOf(number, beganMs))));
    }
  } finally {
    await store.close();
  }
}

interface Keeper {
  readonly keeper: ChildProcess;
  readonly ports: readonly number[];
  readonly urls: Readonly<Record<'page' | 'health' | 'append', string>>;
  readonly others: Others;
}

async function startKeeper(data: string, beganMs: number, ending: AsyncDisposableStack): Promise<Keeper> {
  const [page = 0, health = 0, append = 0] = await freePorts(3);
  const running = start([
    ...['keeper', `--data=${data}`, `--page-port=${page}`, `--append-port=${append}`],
    ...[`--health-port=${health}`, '--health-host=127.0.0.1', '--log-level=error'],
  ]);
  dieTogether(running.process);
  ending.defer(() => void running.process.kill('SIGKILL'));
  await running.printed(/Operators +\S+/);
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const urls = { page: at(page), health: at(health), append: at(append) };
  const others = await startOthers({ ...urls, first: FILLED, beganMs });
  return { keeper: running.process, ports: [page, health, append], urls, others };
}

async function lookAt({ others, keeper: { pid } }: Keeper, forMs: number) {
  others.waits();
  let peakBytes = 0;
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; await pause(250)) {
    peakBytes = Math.max(peakBytes, (await readUse(pid)).rssBytes);
  }
  return { waits: others.waits(), peakBytes };
}

async function startSlow(ports: readonly number[], ending: AsyncDisposableStack) {
  const file = fileURLToPath(new URL('slow-clients-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...ports.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  dieTogether(child);
  ending.defer(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return {
    async end(): Promise<SlowReport> {
      child.stdin.end();
      const { value = '' } = await lines.next();
      return JSON.parse(value);
    },
  };
}

/** Until all wait as long as at the other, and the slow ones are gone. */
async function untilRecovered({ others, urls }: Keeper, control: Keeper): Promise<number> {
  const fromMs = performance.now();
  const take = () => [others.waits(), control.others.waits()] as const;
  take();
  await waitUntil(
    'the others to be served as before',
    async () => {
      const [waits, calm] = take();
      const connections = await metric(urls.page, 'tidewatch_page_connections');
      const isOver = connections < 20 && USES.every((use) => waits[use] <= 2 * calm[use]);
      if (!isOver) throw new Error(`${textOf(waits)}, ${connections} connections`);
      return true;
    },
    { timeoutMs: MOST_RECOVERY_MS, everyMs: 5000 },
  );
  return performance.now() - fromMs;
}

/** By door and reason. */
async function shedBy({ page, health }: { readonly page: string; readonly health: string }) {
  const shed = new Map<string, number>();
  for (const url of [page, health]) {
    for (const [name, count] of await metrics(url)) {
      const [, door, reason] = /^tidewatch_(page|health)_shed_total\{reason="(.+)"\}$/.exec(name) ?? [];
      if (door !== undefined && count > 0) shed.set(`${door} ${reason}`, count);
    }
  }
  return shed;
}

/** Whatever a client heard of is among what is shown; some were let go without a word. */
function demandShown(shed: ReadonlyMap<string, number>, { statuses }: SlowReport): void {
  const heard = {
    'page slow-request': statuses['page 408'],
    'page stream-refused': statuses['page 503'],
    'health slow-request': statuses['health 408'],
    'health crowded': 1,
    'page greedy': 1,
  };
  for (const [reason, count = 0] of Object.entries(heard)) {
    const shown = shed.get(reason) ?? 0;
    demand(count > 0 && shown >= count, `${reason}: clients heard of ${count}, ${shown} are shown`);
  }
}

function textOf(waits: Waits): string {
  return USES.map((use) => `${use} ${waits[use].toFixed(1)} ms`).join(', ');
}
