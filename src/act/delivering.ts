// Brings to one receiver what it is to be told, for as long as it takes: what it does not take is tried again, and what waits is
// on disk. A crash between sending and marking sends the same once more, and nothing else.
import { backOffMs } from '#kit/back-off.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { type FailureReason, type PostTarget, post } from '#kit/post.ts';
import { createWaker } from '#kit/waker.ts';
import type { Alert } from '#model/alert.ts';
import type { Book, Delivery, Sender } from './contract.ts';

export interface DeliveringOptions {
  /** What its messages are stored under. */
  readonly receiver: string;
  readonly sender: Sender;
  readonly book: Pick<Book, 'messages' | 'told'>;
  /** Ours, as they now are. */
  readonly alerts: () => readonly Alert[];
  readonly authorization?: PostTarget['authorization'];
  readonly clock: Clock;
  /** For time-outs: one that never steps. */
  readonly steadyClock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly fetch: typeof globalThis.fetch;
}

export interface DeliveringStats {
  /** Requests that were taken. */
  readonly sent: number;
  readonly failures: Readonly<Record<FailureReason, number>>;
  /** Messages that were not told: refused, too old, or not to be read any more. */
  readonly dropped: Readonly<Record<'refused' | 'expired' | 'damaged', number>>;
  readonly waiting: number;
  readonly oldestMs: number | undefined;
  /** What keeps it from being told, and since when. */
  readonly trouble: { readonly message: string; readonly sinceMs: number } | undefined;
}

export interface Delivering {
  readonly receiver: string;
  wake(): void;
  stats(): DeliveringStats;
  /** Ends what is under way; what was not told is told after the next start. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** It is looked again without being woken: what fires is due now and then. */
const TICK_MS = 5000;
/** Of a day ago nobody wants to be told. */
const MOST_AGE_MS = 24 * 3_600_000;

/** Begins at once. */
export function startDelivering(options: DeliveringOptions): Delivering {
  const { receiver, clock, log } = options;
  const tally = createTally(options);
  const ending = new AbortController();
  const waker = createWaker(clock);
  let sentMs: number | undefined;
  let attempt = 0;

  /** How long to rest; undefined to go on until woken. */
  const step = async (): Promise<number | undefined> => {
    const messages = await readQueue(options, tally);
    const nowMs = clock.nowMs();
    const deliveries = options.sender.next({ alerts: options.alerts(), messages, sentMs, nowMs });
    for (const delivery of deliveries) {
      const waitMs = await deliver(options, delivery, tally, { attempt, signal: ending.signal });
      if (waitMs !== undefined) {
        attempt++;
        sentMs = undefined;
        return waitMs;
      }
    }
    attempt = 0;
    if (deliveries.length === 0) return undefined;
    sentMs = nowMs;
    return 0;
  };
  const run = async () => {
    while (!ending.signal.aborted) {
      try {
        const waitMs = await step();
        if (waitMs === undefined) await waker.rest(TICK_MS);
        else if (waitMs > 0) await clock.sleep(waitMs, ending.signal);
      } catch (error) {
        log.error({ err: error, receiver }, 'the store did not give what is to be told: it is tried again');
        await clock.sleep(TICK_MS, ending.signal);
      }
    }
  };
  const running = run();
  return {
    receiver,
    wake: waker.wake,
    stats: tally.stats,
    async close() {
      ending.abort();
      waker.wake();
      await running;
    },
  };
}

/** What waits, without what is of no use any more. */
async function readQueue({ book, receiver, clock }: DeliveringOptions, tally: Tally) {
  const queue = await book.messages(receiver);
  const isOld = (sinceMs: number) => clock.nowMs() - sinceMs > MOST_AGE_MS;
  const expired = queue.messages.filter(({ sinceMs }) => isOld(sinceMs)).map(({ number }) => number);
  if (expired.length + queue.damaged.length > 0) await book.told(receiver, [...expired, ...queue.damaged]);
  tally.read(queue.waiting, queue.oldestMs, { expired: expired.length, damaged: queue.damaged.length });
  return queue.messages.filter(({ sinceMs }) => !isOld(sinceMs));
}

/** Undefined when the delivery is dealt with; else how long to wait. */
async function deliver(
  options: DeliveringOptions,
  { url, headers, body, messages }: Delivery,
  tally: Tally,
  { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const { receiver, book, steadyClock: clock, fetch, random, authorization } = options;
  const target = { url, headers, timeoutMs: TIMEOUT_MS, clock, fetch, ...(authorization && { authorization }) };
  const outcome = await post(target, body, signal);
  if (outcome.kind === 'again') {
    if (!signal.aborted) tally.failed(outcome.reason, outcome.message);
    return Math.max(outcome.afterMs ?? 0, backOffMs(attempt, random()));
  }
  await book.told(receiver, messages);
  if (outcome.kind === 'taken') tally.sent(messages.length);
  else tally.refused(outcome.message, messages.length);
  return undefined;
}

interface Tally {
  read(
    waiting: number,
    oldestMs: number | undefined,
    gone: { readonly expired: number; readonly damaged: number },
  ): void;
  sent(messages: number): void;
  refused(message: string, messages: number): void;
  failed(reason: Exclude<FailureReason, 'refused'>, message: string): void;
  stats(): DeliveringStats;
}

function createTally({ receiver, clock, log }: DeliveringOptions): Tally {
  const failures: Record<FailureReason, number> = { unreachable: 0, busy: 0, denied: 0, refused: 0 };
  const dropped = { refused: 0, expired: 0, damaged: 0 };
  let [sent, waiting] = [0, 0];
  let oldestMs: number | undefined;
  let trouble: DeliveringStats['trouble'];
  const tell = (message: string) => {
    if (trouble === undefined) log.warn({ receiver, trouble: message }, 'a receiver of alerts is not told');
    trouble = { message, sinceMs: trouble?.sinceMs ?? clock.nowMs() };
  };
  return {
    read(now, oldest, gone) {
      waiting = now - gone.expired - gone.damaged;
      oldestMs = waiting > 0 ? oldest : undefined;
      dropped.expired += gone.expired;
      dropped.damaged += gone.damaged;
    },
    sent(messages) {
      sent++;
      waiting = Math.max(0, waiting - messages);
      if (waiting === 0) oldestMs = undefined;
      if (trouble !== undefined) log.info({ receiver }, 'a receiver of alerts is told again');
      trouble = undefined;
    },
    refused(message, messages) {
      failures.refused++;
      dropped.refused += messages;
      waiting = Math.max(0, waiting - messages);
      tell(message);
    },
    failed(reason, message) {
      failures[reason]++;
      tell(message);
    },
    stats: () => ({ sent, failures: { ...failures }, dropped: { ...dropped }, waiting, oldestMs, trouble }),
  };
}
