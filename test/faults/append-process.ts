// A process of its own that appends what it is told to, by number, so that it can be killed while it does: to an embedded
// store, which it then empties the outbox of, or through an operator's client and its spool. Each line that it prints is JSON.
import { createInterface } from 'node:readline';
import { wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { batchOf, pointsToSend } from './append-batches.ts';

export type Told =
  | { readonly scores: number; readonly findings: number }
  | { readonly outcome: 'stored' | 'duplicate' }
  | { readonly sent: readonly string[] }
  | { readonly settled: true };

const [kind = '', began = '', folder = '', address = ''] = process.argv.slice(2);
const beganMs = Number(began);

async function withStore(): Promise<void> {
  const store = await openEmbeddedStore({ folder, outbox: true });
  const { scores, findings } = await store.info();
  tell({ scores, findings });
  for await (const line of createInterface(process.stdin)) {
    tell({ outcome: (await store.append(batchOf(Number(line), beganMs))).outcome });
    for (let unsent = await store.outbox.first(); unsent !== undefined; unsent = await store.outbox.first()) {
      tell({ sent: pointsToSend(unsent) });
      await store.outbox.done(unsent.number);
    }
    tell({ settled: true });
  }
}

async function withClient(): Promise<void> {
  const client = await createKeeperClient({
    ...{ address, spoolFolder: folder, maxSpoolBytes: 2 ** 24, callTimeoutMs: 5000 },
    ...{ clock: wallClock, random: Math.random, log: createLog('silent') },
  });
  tell({ scores: 0, findings: 0 });
  for await (const line of createInterface(process.stdin)) {
    tell({ outcome: (await client.append(batchOf(Number(line), beganMs))).outcome });
    await client.drained();
    tell({ settled: true });
  }
}

/** Whole before anything after it happens: a pipe takes it at once. */
function tell(told: Told): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

await (kind === 'store' ? withStore() : withClient());
