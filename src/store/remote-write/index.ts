// Sends what a store has on to any receiver of Prometheus' remote write (Prometheus, VictoriaMetrics, Mimir, Thanos, M3DB).
// It works off the store's outbox: what is stored is sent at least once, in order, one request at a time, also after a
// restart or hours without the receiver; nothing is kept in memory but what is being sent. The store stays the truth.
import { createWaker } from '#kit/waker.ts';
import type { Outbox, OutboxState, Unsent } from '../contract.ts';
import { type RemoteWriteOptions, USUAL } from './options.ts';
import { createReceiver, type Receiver, type ReceiverStats } from './receiver.ts';
import { samplesOf, seenOf } from './samples.ts';

export { type RemoteWriteOptions, receiverUrl } from './options.ts';

export interface RemoteWriteStats extends ReceiverStats {
  /** Points that the store could not read any more, since the start. */
  readonly damagedPoints: number;
  /** Age of the oldest that is being sent; 0 when nothing waits. */
  readonly lagSeconds: number;
}

export interface RemoteWrite {
  /** Something was stored. */
  wake(): void;
  stats(): RemoteWriteStats;
  /** What waits, and what was removed from the store before it could be sent. */
  outbox(): Promise<OutboxState>;
  /** Ends what is under way; what was not sent is sent after the next start. */
  close(): Promise<void>;
}

/** So that what is stored at about the same time is sent together. */
const COLLECT_MS = 1000;
/** It is looked again without being woken. */
const IDLE_MS = 30_000;
const STORE_PAUSE_MS = 30_000;

/** Begins at once. Throws `bad-config` for an address that cannot be written to. */
export function startRemoteWrite(outbox: Outbox, options: RemoteWriteOptions): RemoteWrite {
  const { clock, log } = options;
  const receiver = createReceiver(options);
  const ending = new AbortController();
  const waker = createWaker(clock);
  let damagedPoints = 0;
  let sending: Unsent | undefined;

  const rest = async () => {
    await waker.rest(IDLE_MS);
    if (!ending.signal.aborted) await clock.sleep(COLLECT_MS, ending.signal);
  };
  const step = async () => {
    sending = await outbox.first();
    if (sending === undefined) return rest();
    if (!(await writeAll(receiver, sending, options, ending.signal))) return;
    await outbox.done(sending.number);
    damagedPoints += sending.damaged;
  };
  const run = async () => {
    while (!ending.signal.aborted) {
      try {
        await step();
      } catch (error) {
        log.error({ err: error }, 'the store did not give what is to be sent on: it is tried again');
        await clock.sleep(STORE_PAUSE_MS, ending.signal);
      }
    }
  };
  const running = run();
  return {
    wake: waker.wake,
    stats() {
      const seenMs = sending && seenOf(sending);
      return {
        ...receiver.stats(),
        damagedPoints,
        lagSeconds: seenMs === undefined ? 0 : Math.max(0, clock.nowMs() - seenMs) / 1000,
      };
    },
    outbox: () => outbox.state(),
    async close() {
      ending.abort();
      waker.wake();
      await running;
    },
  };
}

/** False when it was ended before. */
async function writeAll(
  receiver: Receiver,
  unsent: Unsent,
  { batchSamples = USUAL.batchSamples }: RemoteWriteOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const samples = samplesOf(unsent);
  for (let start = 0; start < samples.length; start += batchSamples) {
    if (!(await receiver.write(samples.slice(start, start + batchSamples), signal))) return false;
  }
  return true;
}
