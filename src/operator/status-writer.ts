// Writes statuses without ever being the API server's burden: at most five a second however many detectors there are, the
// newest of each alone, changes before mere times of checks. Up to 300 detectors each check's time is written; beyond
// that they take turns. A write names the version that it was made from; what is refused for it is made again from the
// newer object.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { createReconnect, GOOD_MS, type Reconnect } from '#kube/reconnect.ts';
import { CLUSTER_KIND } from '#resource/anomaly-detector/v2.ts';
import type { DetectorRecord } from './detector-record.ts';
import { type DetectorStatus, differs, rejectedCondition } from './detector-status.ts';
import { createRefusals, isRefusal, MOST_REFUSALS, type Refused } from './refusals.ts';
import { createStatusQueue, type StatusQueue, type WaitingStatus } from './status-queue.ts';

export interface StatusWriterOptions {
  readonly client: KubeClient;
  /** One that never steps. */
  readonly clock: Clock;
  /** The wall clock, for what is written. */
  readonly wall: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Only who leads writes; the others keep nothing for later. */
  readonly mayWrite: () => boolean;
  /** The object as it now is; undefined when it is gone. */
  readonly current: (key: string) => DetectorRecord | undefined;
  /** What was written is the status from now on, whenever the watch tells of it. */
  readonly written: (key: string, status: DetectorStatus, before: Partial<DetectorStatus>) => void;
  /** Its statuses are refused again and again, in these words: nothing is written before the detector changes. */
  readonly rejected?: (key: string, message: string) => void;
  readonly perSecond?: number;
}

export interface StatusWriterStats {
  readonly waiting: number;
  readonly writes: number;
  readonly conflicts: number;
  readonly failures: number;
  /** Detectors whose statuses were given up, until they change. */
  readonly rejected: number;
}

export interface StatusWriter {
  /** In the background; the newest wins. */
  put(key: string, uid: string, status: DetectorStatus): void;
  /** It is gone: nothing is kept of it, nor of how often it was refused. */
  forget(key: string): void;
  start(): void;
  stop(): Promise<void>;
  stats(): StatusWriterStats;
}

/** Of the server, not of the object: the others would not fare better. */
const isServers = (status: number | undefined) =>
  status === undefined || status === 0 || status === 429 || status >= 500;

export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  return new PacedWriter(options);
}

class PacedWriter implements StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #queue: StatusQueue;
  readonly #refusals = createRefusals();
  readonly #reconnect: Reconnect;
  /** What was sent for an object as it was, for as long as the watch tells of no newer one. */
  readonly #sent = new WeakMap<DetectorRecord, DetectorStatus>();
  readonly #stopping = new AbortController();
  readonly #counts = { writes: 0, conflicts: 0, failures: 0, rejected: 0 };
  readonly #paceMs: number;
  #wake = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
    this.#queue = createStatusQueue(options.clock);
    this.#reconnect = createReconnect(options.random);
    this.#paceMs = 1000 / (options.perSecond ?? 5);
  }

  put(key: string, uid: string, status: DetectorStatus): void {
    const { current, mayWrite } = this.#options;
    const record = current(key);
    if (!mayWrite() || record === undefined || record.uid !== uid) return;
    const before = this.#sent.get(record) ?? record.status;
    const isChange = differs(before, status);
    // A change that was taken back before it was written is none.
    if (!isChange && before.lastCheckTime === status.lastCheckTime) this.#queue.withdraw(key);
    else this.#queue.put(key, { uid, status }, isChange);
    this.#wake.abort();
  }

  forget(key: string): void {
    this.#queue.drop(key);
    this.#refusals.forget(key);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#loop;
  }

  stats(): StatusWriterStats {
    return { waiting: this.#queue.size, ...this.#counts };
  }

  async #run(): Promise<void> {
    const { clock, mayWrite } = this.#options;
    while (!this.#stopping.signal.aborted) {
      // Whoever leads next finds out by itself; what is old by then would overwrite it.
      if (!mayWrite()) this.#queue.clear();
      const next = this.#queue.take();
      // One at a time and then a pause: never more than so many a second.
      if (next !== undefined) await clock.sleep(await this.#write(...next), this.#stopping.signal);
      else {
        await clock.sleep(1000, this.#wake.signal);
        this.#wake = new AbortController();
      }
    }
  }

  /** How long to wait after it. */
  async #write(key: string, waiting: WaitingStatus): Promise<number> {
    const { client, current, written } = this.#options;
    const record = current(key);
    if (record === undefined || record.uid !== waiting.uid) {
      this.#queue.drop(key);
      return 0;
    }
    this.#sent.set(record, waiting.status);
    try {
      await patchStatus(client, record, wholeOf(waiting.status), this.#stopping.signal);
    } catch (error) {
      this.#sent.delete(record);
      return this.#stopping.signal.aborted ? 0 : await this.#refuse(key, waiting, error);
    }
    this.#counts.writes++;
    this.#reconnect.progressed(GOOD_MS);
    this.#queue.succeeded(key);
    this.#refusals.forget(key);
    written(key, waiting.status, record.status);
    return this.#paceMs;
  }

  async #refuse(key: string, waiting: WaitingStatus, error: unknown): Promise<number> {
    const refused = error as Refused & { readonly retryAfterMs?: number };
    const { status, retryAfterMs } = refused;
    if (status === 404) {
      this.#queue.drop(key);
      return this.#paceMs;
    }
    if (isRefusal(refused)) {
      this.#counts.failures++;
      await this.#turnDown(key, waiting, refused);
      return this.#paceMs;
    }
    if (status === 409) this.#counts.conflicts++;
    else this.#counts.failures++;
    const times = this.#queue.refuse(key, waiting, retryAfterMs);
    // Once for all that follow.
    if (times === 1 && status !== 409) {
      this.#options.log.warn({ err: error, detector: key }, 'a status could not be written');
    }
    return isServers(status) ? Math.max(this.#paceMs, this.#reconnect.nextMs(retryAfterMs)) : this.#paceMs;
  }

  /** It is not sent again as it is; after some that are alike, nothing is before the author changes the detector. */
  async #turnDown(key: string, waiting: WaitingStatus, error: Refused): Promise<void> {
    const { log, rejected } = this.#options;
    const { message = '' } = error;
    const times = this.#refusals.count(key, `${waiting.uid} ${waiting.status.observedGeneration} ${message}`);
    this.#queue.turnDown(key, waiting, times >= MOST_REFUSALS ? 'generation' : 'newer');
    if (times === 1) log.warn({ err: error, detector: key }, 'a status was refused for what it says');
    if (times !== MOST_REFUSALS) return;
    this.#counts.rejected++;
    log.warn(
      { err: error, detector: key },
      'a status is refused again and again: it waits for a change of the detector',
    );
    rejected?.(key, message);
    await this.#sayRejected(key, waiting, message);
  }

  /** Perhaps this much is taken: once, whatever comes of it. */
  async #sayRejected(key: string, { uid, status }: WaitingStatus, message: string): Promise<void> {
    const { client, current, wall, log } = this.#options;
    const record = current(key);
    if (record === undefined || record.uid !== uid) return;
    const { observedGeneration } = status;
    const others = (record.status.conditions ?? []).filter(({ type }) => type !== 'Rejected');
    const conditions = [...others, rejectedCondition(message, observedGeneration, wall.nowMs())];
    try {
      await patchStatus(client, record, { conditions }, this.#stopping.signal);
      this.#counts.writes++;
    } catch (error) {
      this.#counts.failures++;
      log.debug({ err: error, detector: key }, 'that it is refused could not be written either');
    }
  }
}

/** A merge patch leaves what it does not tell of as it is: what is no more is taken away by name. */
function wholeOf(status: DetectorStatus): object {
  const health = status.health === undefined ? null : { warmTime: null, lastScoreTime: null, ...status.health };
  return { latestScore: null, ...status, health };
}

/** The name goes into a merge patch as the precondition: another object of this name is not this one. */
async function patchStatus(
  client: KubeClient,
  { kind, namespace, name, uid, resourceVersion }: DetectorRecord,
  status: object,
  signal: AbortSignal,
): Promise<void> {
  const body = { metadata: { uid, resourceVersion }, status };
  const contentType = 'application/merge-patch+json';
  const call = kind === CLUSTER_KIND ? CALLS.patchClusterDetectorStatus : CALLS.patchDetectorStatus;
  await client.request(call, namespace === '' ? { name } : { namespace, name }, { body, contentType, signal });
}
