// Writes statuses without ever being the API server's burden: at most five a second however many detectors there are, the
// newest of each alone, changes before mere times of checks. Up to 300 detectors each check's time is written; beyond
// that they take turns. A write names the version that it was made from; what is refused for it is made again from the
// newer object.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { createReconnect, GOOD_MS } from '#kube/reconnect.ts';
import type { DetectorRecord } from './detector-record.ts';
import { type DetectorStatus, differs } from './detector-status.ts';
import { createStatusQueue, type WaitingStatus } from './status-queue.ts';

export interface StatusWriterOptions {
  readonly client: KubeClient;
  /** One that never steps. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Only who leads writes; the others keep nothing for later. */
  readonly mayWrite: () => boolean;
  /** The object as it now is; undefined when it is gone. */
  readonly current: (key: string) => DetectorRecord | undefined;
  /** What was written is the status from now on, whenever the watch tells of it. */
  readonly written: (key: string, status: DetectorStatus, before: Partial<DetectorStatus>) => void;
  readonly perSecond?: number;
}

export interface StatusWriterStats {
  readonly waiting: number;
  readonly writes: number;
  readonly conflicts: number;
  readonly failures: number;
}

export interface StatusWriter {
  /** In the background; the newest wins. */
  put(key: string, uid: string, status: DetectorStatus): void;
  start(): void;
  stop(): Promise<void>;
  stats(): StatusWriterStats;
}

/** Of the server, not of the object: the others would not fare better. */
const isServers = (status: number | undefined) =>
  status === undefined || status === 0 || status === 429 || status >= 500;

export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { clock, log, perSecond = 5 } = options;
  const queue = createStatusQueue(clock);
  /** What was sent for an object as it was, for as long as the watch tells of no newer one. */
  const sent = new WeakMap<DetectorRecord, DetectorStatus>();
  const reconnect = createReconnect(options.random);
  const stopping = new AbortController();
  const counts = { writes: 0, conflicts: 0, failures: 0 };
  const paceMs = 1000 / perSecond;
  let wake = new AbortController();
  let loop: Promise<void> | undefined;

  /** How long to wait after it. */
  function refuse(key: string, waiting: WaitingStatus, error: unknown): number {
    const { status, retryAfterMs } = error as { readonly status?: number; readonly retryAfterMs?: number };
    if (status === 404) {
      queue.drop(key);
      return paceMs;
    }
    if (status === 409) counts.conflicts++;
    else counts.failures++;
    const times = queue.refuse(key, waiting, retryAfterMs);
    // Once for all that follow.
    if (times === 1 && status !== 409) log.warn({ err: error, detector: key }, 'a status could not be written');
    return isServers(status) ? Math.max(paceMs, reconnect.nextMs(retryAfterMs)) : paceMs;
  }

  async function write(key: string, waiting: WaitingStatus): Promise<number> {
    const record = options.current(key);
    if (record === undefined || record.uid !== waiting.uid) {
      queue.drop(key);
      return 0;
    }
    sent.set(record, waiting.status);
    try {
      await patch(options.client, record, waiting.status, stopping.signal);
    } catch (error) {
      sent.delete(record);
      return stopping.signal.aborted ? 0 : refuse(key, waiting, error);
    }
    counts.writes++;
    reconnect.progressed(GOOD_MS);
    queue.succeeded(key);
    options.written(key, waiting.status, record.status);
    return paceMs;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Whoever leads next finds out by itself; what is old by then would overwrite it.
      if (!options.mayWrite()) queue.clear();
      const next = queue.take();
      // One at a time and then a pause: never more than so many a second.
      if (next !== undefined) await clock.sleep(await write(...next), stopping.signal);
      else {
        await clock.sleep(1000, wake.signal);
        wake = new AbortController();
      }
    }
  }

  return {
    put(key, uid, status) {
      const record = options.current(key);
      if (!options.mayWrite() || record === undefined || record.uid !== uid) return;
      const before = sent.get(record) ?? record.status;
      const isChange = differs(before, status);
      // A change that was taken back before it was written is none.
      if (!isChange && before.lastCheckTime === status.lastCheckTime) queue.drop(key);
      else queue.put(key, { uid, status }, isChange);
      wake.abort();
    },
    start() {
      loop ??= run();
    },
    async stop() {
      stopping.abort();
      wake.abort();
      await loop;
    },
    stats: () => ({ waiting: queue.size, ...counts }),
  };
}

/** The name goes into a merge patch as the precondition: another object of this name is not this one. */
async function patch(
  client: KubeClient,
  { namespace, name, uid, resourceVersion }: DetectorRecord,
  status: DetectorStatus,
  signal: AbortSignal,
): Promise<void> {
  // What it does not tell of stays as it is: a score that is no more is taken away by name.
  const body = { metadata: { uid, resourceVersion }, status: { latestScore: null, health: null, ...status } };
  const contentType = 'application/merge-patch+json';
  await client.request(CALLS.patchDetectorStatus, { namespace, name }, { body, contentType, signal });
}
