// Writes statuses without ever being the API server's burden: at most five a second however many detectors there are, the
// newest of each alone, changes before mere times of checks. Up to 300 detectors each check's time is written; beyond
// that they take turns. A write names the version that it was made from; what is refused for it is made again from the
// newer object.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import type { DetectorRecord } from './detector-record.ts';
import { type DetectorStatus, differs } from './detector-status.ts';

export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Only who leads writes. */
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

interface Waiting {
  readonly uid: string;
  readonly status: DetectorStatus;
}

/** A refused or failed write waits this long before it is tried again. */
const RETRY_MS = 2000;

export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { clock, perSecond = 5 } = options;
  /** Changes, and mere times of checks: a Map keeps the order in which they came. */
  const changes = new Map<string, Waiting>();
  const times = new Map<string, Waiting>();
  const stopping = new AbortController();
  const counts = { writes: 0, conflicts: 0, failures: 0 };
  let wake = new AbortController();
  let loop: Promise<void> | undefined;

  async function write(key: string, waiting: Waiting): Promise<void> {
    const record = options.current(key);
    if (record === undefined || record.uid !== waiting.uid) return;
    const { namespace, name, uid, resourceVersion } = record;
    // The name goes into a merge patch as the precondition: another object of this name is not this one.
    const body = { metadata: { uid, resourceVersion }, status: waiting.status };
    const contentType = 'application/merge-patch+json';
    try {
      await options.client.request(
        CALLS.patchDetectorStatus,
        { namespace, name },
        { body, contentType, signal: stopping.signal },
      );
      counts.writes++;
      options.written(key, waiting.status, record.status);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const { status } = error as { status?: number };
      if (status === 404) return;
      if (status === 409) counts.conflicts++;
      else {
        counts.failures++;
        options.log.warn({ err: error, detector: key }, 'a status could not be written');
      }
      // Unless a newer one came meanwhile. It comes after the others, and after a while.
      if (!changes.has(key)) changes.set(key, waiting);
      await clock.sleep(RETRY_MS / perSecond, stopping.signal);
    }
  }

  function takeNext(): [string, Waiting] | undefined {
    for (const queue of [changes, times]) {
      const [first] = queue;
      if (first === undefined) continue;
      queue.delete(first[0]);
      return first;
    }
    return undefined;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const next = options.mayWrite() ? takeNext() : undefined;
      if (next !== undefined) await write(...next);
      // One at a time and then a pause: never more than so many a second.
      const waitMs = next === undefined ? 1000 : 1000 / perSecond;
      await clock.sleep(waitMs, next === undefined ? wake.signal : stopping.signal);
      if (next === undefined) wake = new AbortController();
    }
  }

  return {
    put(key, uid, status) {
      const record = options.current(key);
      if (record === undefined || record.uid !== uid) return;
      const changed = differs(record.status, status);
      if (!changed && record.status.lastCheckTime === status.lastCheckTime) return;
      if (changed || changes.has(key)) {
        times.delete(key);
        changes.set(key, { uid, status });
      } else times.set(key, { uid, status });
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
    stats: () => ({ waiting: changes.size + times.size, ...counts }),
  };
}
