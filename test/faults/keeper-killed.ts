// The keeper is killed again and again while scores stream in through an operator's client and its spool. What was
// acknowledged must be in the store once, with the values that were sent.
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { createKeeperClient, type KeeperClient } from '#store/keeper/client.ts';
import { makeBatch, podTrack } from '../conformance/store-fixtures.ts';
import { type Running, start } from '../fixtures/command.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';
import { demand, type Fault } from './contract.ts';
import { waitedForCpuMs } from './process-use.ts';

const KILLS = 50;
const START_MS = 5000;
const PODS = 40;
const BATCH_EVERY_MS = 20;
/** How long it runs between two kills, at most. */
const LIFE_MS = 2000;
/** Of a machine that is busy with others. */
const DRAIN_MS = 180_000;
const STREAM = 'cluster:faults';

export const keeperKilled: Fault = {
  id: 'F8k',
  title: `the keeper killed ${KILLS} times while scores stream in`,
  needs: [],
  async run({ rng, folder, say }) {
    const data = join(folder, 'keeper');
    const [page = 0, append = 0] = await freePorts(2);
    const keeper = keeperOf([`--data=${data}`, `--page-port=${page}`, `--append-port=${append}`]);
    const client = await createKeeperClient({
      ...{ address: `http://127.0.0.1:${append}`, spoolFolder: join(folder, 'spool'), maxSpoolBytes: 256 * 2 ** 20 },
      ...{ clock: wallClock, random: () => rng.uniform(), log: createLog('silent') },
    });
    const startsMs: number[] = [];
    const stopping = new AbortController();
    let sent = 0;
    try {
      await keeper.start();
      const streaming = stream(client, stopping.signal);
      for (let kill = 0; kill < KILLS; kill++) {
        await pause(rng.uniform() * LIFE_MS);
        await keeper.kill();
        startsMs.push(await keeper.start());
      }
      stopping.abort();
      sent = await streaming;
      await client.drained(AbortSignal.timeout(DRAIN_MS));
      const { spoolRecords: waiting } = client.stats();
      demand(waiting === 0, `${waiting} batches still wait in the spool after ${DRAIN_MS / 1000} s`);
    } finally {
      stopping.abort();
      await client.close();
      await keeper.kill();
    }
    const slowest = Math.max(...startsMs);
    say(`${sent} scores sent, slowest start ${(slowest / 1000).toFixed(1)} s`);
    demand(slowest <= START_MS, `a start took ${slowest} ms`);
    const { lost, doubled, wrong } = await compare(data, sent);
    demand(wrong === 0, `${wrong} scores are not what was sent`);
    const { delivered } = client.stats();
    return {
      broken: `${KILLS} times kill -9 within ${LIFE_MS} ms after its start, ${sent} scores sent meanwhile`,
      seen: `${delivered} batches came by the spool, slowest start ${(slowest / 1000).toFixed(1)} s, store whole`,
      lost,
      doubled,
    };
  },
};

/** Batch after batch, one score a pod, each acknowledged before the next; resolves with how many scores were taken. */
async function stream(client: KeeperClient, signal: AbortSignal): Promise<number> {
  const tracks = Array.from({ length: PODS }, (_, pod) => podTrack(`cart-${pod}`));
  let batch = 0;
  for (; !signal.aborted; batch++) {
    const timeMs = timeOf(batch);
    const points = tracks.map((_, track) => ({ track, timeMs, value: valueAt(batch, track) }));
    await client.append(makeBatch(`b${batch}`, { tracks, points, position: { seenMs: timeMs, stream: STREAM } }));
    await pause(BATCH_EVERY_MS);
  }
  return batch * PODS;
}

const BEGAN_MS = Math.floor(systemClock.nowMs() / 1000) * 1000 - 3_600_000;

function timeOf(batch: number): number {
  return BEGAN_MS + batch * 1000;
}

function valueAt(batch: number, pod: number): number {
  return batch + pod / 1000;
}

async function compare(data: string, sent: number) {
  // Opening it checks every row against its sum.
  const store = await openEmbeddedStore({ folder: data });
  try {
    const tracks = await store.tracks();
    const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    const seen = new Set<string>();
    const counts = { lost: 0, doubled: 0, wrong: 0 };
    const all = await store.scores(
      tracks.map(({ key }) => key),
      range,
    );
    all.forEach((points, index) => {
      const pod = Number(tracks[index]?.labels.pod?.split('-')[1]);
      points?.timesMs.forEach((timeMs, row) => {
        const batch = (timeMs - BEGAN_MS) / 1000;
        const key = `${pod} ${batch}`;
        if (seen.has(key)) counts.doubled++;
        seen.add(key);
        if (points.values[row] !== valueAt(batch, pod)) counts.wrong++;
      });
    });
    for (let batch = 0; batch < sent / PODS; batch++) {
      for (let pod = 0; pod < PODS; pod++) if (!seen.has(`${pod} ${batch}`)) counts.lost++;
    }
    return counts;
  } finally {
    await store.close();
  }
}

/** `start` resolves with how long it took until it hears operators, without what it waited for a processor that others had. */
function keeperOf(args: readonly string[]) {
  let running: Running | undefined;
  return {
    start: async (): Promise<number> => {
      const beganMs = performance.now();
      running = start(['keeper', ...args]);
      dieTogether(running.process);
      await running.printed(/Operators +\S+/);
      return performance.now() - beganMs - (await waitedForCpuMs(running.process.pid));
    },
    kill: async (): Promise<void> => {
      const { process } = running ?? {};
      if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
      const ended = once(process, 'close');
      process.kill('SIGKILL');
      await ended;
    },
  };
}
