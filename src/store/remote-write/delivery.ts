// Sends batch after batch, one at a time, each until it is taken, refused for good, or the writer is closed.
import { type Backlog, createBacklog } from './backlog.ts';
import { encode, type RemoteWriteVersion } from './encode.ts';
import { authorization, type RemoteWriterOptions, receiverUrl, USUAL } from './options.ts';
import type { Batch, SampleQueue } from './sample-queue.ts';
import { send } from './send.ts';
import { createJudge } from './verdict.ts';

export interface DeliveryStats {
  readonly version: RemoteWriteVersion;
  readonly sentSamples: number;
  readonly queuedSamples: number;
  readonly requests: number;
  readonly retries: number;
  readonly trouble: string | undefined;
}

export interface Delivery {
  readonly backlog: Backlog;
  /** There is something in the queue. */
  wake(): void;
  close(patienceMs: number): Promise<void>;
  readonly isClosed: boolean;
  stats(): DeliveryStats;
}

export function createDelivery(
  queue: SampleQueue,
  options: RemoteWriterOptions,
  drop: (reason: 'refused' | 'closed', samples: number) => void,
): Delivery {
  const { clock } = options;
  const attempt = createAttempts(options);
  const ending = new AbortController();
  const backlog = createBacklog();
  const count = { sent: 0, requests: 0, retries: 0, inFlight: 0 };
  let closing: Promise<void> | undefined;
  let running: Promise<void> | undefined;

  const deliver = async (batch: Batch) => {
    const samples = batch.values.length;
    for (let number = 0; !ending.signal.aborted; number++) {
      count.requests++;
      const { written, waitMs } = await attempt.once(batch, number, ending.signal);
      if (written !== undefined) {
        count.sent += written;
        if (written < samples) drop('refused', samples - written);
        return;
      }
      if (waitMs === 0) continue;
      count.retries++;
      await clock.sleep(waitMs, ending.signal);
    }
    drop('closed', samples);
  };
  const run = async () => {
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
      count.inFlight = batch.values.length;
      await deliver(batch);
      count.inFlight = 0;
      backlog.settle(batch.values.length);
    }
    running = undefined;
  };
  const close = async (patienceMs: number) => {
    const patient = new AbortController();
    await Promise.race([backlog.settled(), clock.sleep(patienceMs, patient.signal)]);
    patient.abort();
    ending.abort();
    await running;
  };
  return {
    backlog,
    wake: () => {
      if (queue.size > 0) running ??= Promise.resolve().then(run);
    },
    close: (patienceMs) => {
      closing ??= close(patienceMs);
      return closing;
    },
    get isClosed() {
      return closing !== undefined;
    },
    stats: () => ({
      ...attempt.stats(),
      ...{ sentSamples: count.sent, requests: count.requests, retries: count.retries },
      queuedSamples: queue.size + count.inFlight,
    }),
  };
}

/** Attempts at one receiver, and what is known of it. */
function createAttempts(options: RemoteWriterOptions) {
  const { timeoutMs = USUAL.timeoutMs, headers = {}, auth, clock, random, log, fetch = globalThis.fetch } = options;
  const url = receiverUrl(options.url);
  const receiver = { url, headers: { ...headers, ...authorization(auth) }, timeoutMs, clock, fetch };
  // Without the query, which may hold a secret.
  const place = `${url.origin}${url.pathname}`;
  const judge = createJudge(options.version ?? USUAL.version, { log, random, place });
  let encoded: { readonly batch: Batch; readonly version: RemoteWriteVersion; readonly body: Uint8Array } | undefined;
  return {
    async once(batch: Batch, number: number, signal: AbortSignal) {
      const { version } = judge;
      if (encoded?.batch !== batch || encoded.version !== version) {
        encoded = { batch, version, body: encode(batch, version) };
      }
      return judge.judge(await send(receiver, encoded.body, version, signal), batch.values.length, number);
    },
    stats: () => ({ version: judge.version, trouble: judge.trouble }),
  };
}
