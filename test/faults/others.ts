// Who uses a keeper while others misuse it: readers of its page, probes, and a writer, each with how long it waited.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { batchOf } from './append-batches.ts';

export const USES = ['page', 'probe', 'append'] as const;
export type Use = (typeof USES)[number];
/** The 95th percentile, in milliseconds. */
export type Waits = Readonly<Record<Use, number>>;

export interface Others {
  /** Since it was last asked. */
  waits(): Waits;
  readonly failures: readonly string[];
  /** Resolves with how many batches were acknowledged. */
  stop(): Promise<number>;
}

export interface OthersOptions {
  readonly page: string;
  readonly health: string;
  readonly append: string;
  /** The number of the first batch. */
  readonly first: number;
  readonly beganMs: number;
}

/** What they ask for is little work, so that it is the slow ones that they would wait for. */
const BETWEEN_MS = 200;
/** A busy machine is no failure. */
const PATIENCE_MS = 30_000;
const PATHS = ['/api/findings?limit=20', '/api/timeline', '/api/detectors', '/'];

export async function startOthers({ page, health, append, first, beganMs }: OthersOptions): Promise<Others> {
  const stopping = new AbortController();
  const waited: Record<Use, number[]> = { page: [], probe: [], append: [] };
  const failures: string[] = [];
  const client = await createKeeperClient({
    ...{ address: append, maxSpoolBytes: 0 },
    ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  let batch = first;
  const loop = async (use: Use, work: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const fromMs = performance.now();
      await work(turn).catch((error: Error) => failures.push(`${use}: ${error.message} ${String(error.cause ?? '')}`));
      waited[use].push(performance.now() - fromMs);
      await pause(BETWEEN_MS);
    }
  };
  const get = async (url: string) => {
    const reply = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!reply.ok) throw new Error(`${url}: ${reply.status}`);
    await reply.arrayBuffer();
  };
  const loops = [
    ...[0, 1].map((shift) => loop('page', (turn) => get(`${page}${PATHS[(turn + shift) % PATHS.length]}`))),
    // As the kubelet does, each on a connection of its own.
    loop('probe', (turn) => probe(`${health}${turn % 2 === 0 ? '/healthz' : '/readyz'}`)),
    loop('append', async () => {
      await client.append(batchOf(batch, beganMs));
      batch++;
    }),
  ];
  return {
    failures,
    waits: () => {
      const now = Object.fromEntries(USES.map((use) => [use, usual(waited[use])])) as Record<Use, number>;
      for (const use of USES) waited[use].length = 0;
      return now;
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await client.close();
      return batch;
    },
  };
}

async function probe(url: string): Promise<void> {
  const reply = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  await reply.arrayBuffer();
}

function usual(waits: readonly number[]): number {
  const sorted = [...waits].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY;
}
