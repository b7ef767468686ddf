// F8a: kill -9 before each write of an append, one after the other, until an append is through with no write left: in the
// embedded store with its outbox, in the keeper that sends on to Prometheus, and in an operator's spool while the keeper
// is away. After each crash it is started again, and what was not acknowledged is sent again, as a writer does.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dieTogether } from '../parts/orphans.ts';
import { batchOf, compareStore, type Difference, POINTS, pointsOf } from './append-batches.ts';
import type { Told } from './append-process.ts';
import { demand, type Fault } from './contract.ts';
import { type Crashes, crashAtEachWrite, type Target } from './crash-points.ts';
import { type CrashingKeeper, createCrashingKeeper } from './crashing-keeper.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const START_MS = 5000;

export const appendCrash: Fault = {
  id: 'F8a',
  title: 'kill -9 before every write of an append',
  needs: ['strace', 'prometheus'],
  async run({ folder, say }) {
    const beganMs = Math.floor(Date.now() / 1000) * 1000 - 600_000;
    const parts = { store: inStore, keeper: inKeeper, spool: inSpool };
    const crashes: Record<string, Crashes> = {};
    const total = { lost: 0, doubled: 0 };
    for (const [name, run] of Object.entries(parts)) {
      const { seen, lost, doubled } = await run(join(folder, name), beganMs);
      say(
        `${name}: ${seen.points} writes, ${seen.duplicates} were durable and not acknowledged; lost ${lost}, doubled ${doubled}`,
      );
      crashes[name] = seen;
      total.lost += lost;
      total.doubled += doubled;
    }
    const { store, keeper, spool } = crashes;
    demand(store !== undefined && keeper !== undefined && spool !== undefined, 'a part is missing');
    demand(store.points >= 10 && keeper.points >= 10 && spool.points >= 3, 'there were hardly any writes');
    demand(store.duplicates > 0 && keeper.duplicates > 0, 'none died between its commit and its answer');
    const slowest = Math.max(...Object.values(crashes).map(({ slowestStartMs }) => slowestStartMs));
    demand(slowest <= START_MS, `a start took ${slowest} ms`);
    return {
      broken: `one crash before each write: ${store.points} of the embedded store, ${keeper.points} of the keeper, ${spool.points} of a spool`,
      seen: `each batch whole or not at all, every acknowledged one there, sent on to Prometheus at least once and unchanged; slowest start ${(slowest / 1000).toFixed(1)} s`,
      ...total,
    };
  },
};

type Part = (folder: string, beganMs: number) => Promise<Difference & { readonly seen: Crashes }>;

const inStore: Part = async (folder, beganMs) => {
  const sent = new Set<string>();
  const told = tellingTarget(['store', String(beganMs), folder], (one) => {
    if ('sent' in one) for (const point of one.sent) sent.add(point);
    if ('scores' in one) {
      demand(
        one.scores === one.findings * POINTS,
        `of a batch ${one.scores} scores, ${one.findings} findings are there`,
      );
    }
  });
  const seen = await crashAtEachWrite(told, folder);
  const there = await compareStore(folder, seen.batches, beganMs);
  const unsent = pointsOf(seen.batches, beganMs).difference(sent).size;
  return { seen, lost: there.lost + unsent, doubled: there.doubled };
};

const inKeeper: Part = async (folder, beganMs) => {
  await using ending = new AsyncDisposableStack();
  const keeper = await createCrashingKeeper(folder, ending);
  const target: Target = {
    start: () => keeper.start(),
    append: async (number) => (await keeper.append(batchOf(number, beganMs))).outcome,
    settle: () => keeper.untilSent(),
  };
  const seen = await crashAtEachWrite(target, folder);
  const there = await compareStore(keeper.data, seen.batches, beganMs);
  const received = await keeper.received(pointsOf(seen.batches, beganMs));
  return { seen, lost: there.lost + received.lost, doubled: there.doubled + received.doubled };
};

const inSpool: Part = async (folder, beganMs) => {
  await using ending = new AsyncDisposableStack();
  const keeper: CrashingKeeper = await createCrashingKeeper(folder, ending);
  await keeper.start();
  const proxy = await startTcpProxy({ targetPort: keeper.appendPort });
  ending.defer(() => proxy.stop());
  const address = `http://127.0.0.1:${proxy.port}`;
  const told = tellingTarget(['client', String(beganMs), join(folder, 'spool'), address], () => undefined);
  const target: Target = {
    ...told,
    start: () => {
      proxy.refuse(true);
      proxy.reset();
      return told.start();
    },
    settle: () => {
      proxy.refuse(false);
      return told.settle();
    },
  };
  const seen = await crashAtEachWrite(target, folder);
  await keeper.kill();
  return { seen, ...(await compareStore(keeper.data, seen.batches, beganMs)) };
};

/** append-process.ts, which says what it does. */
function tellingTarget(args: readonly string[], hear: (told: Told) => void): Target {
  const file = fileURLToPath(new URL('append-process.ts', import.meta.url));
  let write: (line: string) => void = () => undefined;
  let next = async (): Promise<Told> => Promise.reject(new Error('it was not started'));
  const until = async <Key extends string>(key: Key) => {
    for (;;) {
      const told = await next();
      hear(told);
      if (key in told) return told as Extract<Told, Record<Key, unknown>>;
    }
  };
  return {
    async start() {
      // One thread of Node's writes files then, so that its writes are in one row.
      const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env,
      });
      dieTogether(child);
      child.stdin.on('error', () => undefined);
      write = (line) => child.stdin.write(line);
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      next = async () => {
        const { value, done } = await lines.next();
        if (done === true) throw new Error('it ended');
        return JSON.parse(value);
      };
      await until('scores');
      return child;
    },
    async append(number) {
      write(`${number}\n`);
      return (await until('outcome')).outcome;
    },
    settle: async () => void (await until('settled')),
  };
}
