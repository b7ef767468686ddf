// Delivers what is spooled, in order, until the keeper has all of it. What it does not take for good (a writer that was
// replaced, a batch that is wrong) is left out, counted and told, so that it holds up nothing behind it; anything else is
// tried again, for as long as it takes.
import type { Clock } from '#kit/clock.ts';
import { AppError, type ErrorCode } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { readAppendHead } from './append-message.ts';
import type { Spool } from './spool.ts';

export interface DeliveryOptions {
  readonly spool: Spool;
  send(record: Uint8Array): Promise<unknown>;
  /** Whether a writer of this epoch was replaced. */
  isStale(epoch: number): boolean;
  onStale(error: AppError, epoch: number): void;
  onTrouble(error: unknown): void;
  /** What waited cannot be read any more. */
  onDamage(): void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export interface Delivery {
  /** Begins, unless it is under way or there is nothing to do. */
  start(): void;
  /** Resolves when nothing waits, or the signal aborts. */
  drained(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
  readonly counts: { readonly delivered: number; readonly stale: number; readonly refused: number };
}

/** However often it is sent: the batch is wrong, or the keeper is another cluster's. */
const FOR_GOOD: readonly ErrorCode[] = ['bad-input', 'other-stream'];
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { spool, clock, random, log } = options;
  const stopping = new AbortController();
  const waiting = new Set<() => void>();
  const counts = { delivered: 0, stale: 0, refused: 0 };
  let running: Promise<void> | undefined;

  /** Rejects when it is to be tried again. */
  const settle = async (record: Uint8Array): Promise<void> => {
    const { epoch, key } = readAppendHead(record);
    if (options.isStale(epoch)) {
      counts.stale++;
      return;
    }
    try {
      await options.send(record);
      counts.delivered++;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'stale-epoch') {
        counts.stale++;
        options.onStale(error, epoch);
      } else if (FOR_GOOD.includes(error.code)) {
        counts.refused++;
        log.error({ key, err: error }, 'the keeper refused a batch for good: it is left out');
      } else throw error;
    }
  };
  const run = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted && spool.records > 0; ) {
      try {
        const record = await spool.first();
        if (record === undefined) {
          options.onDamage();
          continue;
        }
        await settle(record);
        await spool.shift();
        failures = 0;
      } catch (error) {
        options.onTrouble(error);
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
        await clock.sleep(pauseMs * (0.5 + random() / 2), stopping.signal);
      }
    }
    // Nothing lies between the last look and this: what is pushed from here on starts it again.
    running = undefined;
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return {
    counts,
    start() {
      if (running !== undefined || spool.records === 0 || stopping.signal.aborted) return;
      running = run();
    },
    async drained(signal) {
      if (running === undefined || signal?.aborted === true) return;
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
