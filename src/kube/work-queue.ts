// Keys to be reconciled, each by one worker at a time. It is level-based: a key says that something may have changed, not
// what; however often it is added while it waits, it is worked on once, and once more when it is added during the work.
// A key that fails waits longer each time, alone; the others go on.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { ObjectKey, ReconcileResult, WorkQueue } from './contract.ts';
import { createDelayedKeys } from './delayed-keys.ts';
import { createRetryDelay } from './retry-delay.ts';
import { createSlices } from './slices.ts';

export interface WorkQueueOptions {
  /** For messages. */
  readonly name: string;
  /** Throwing backs the key off. */
  reconcile(key: ObjectKey): Promise<ReconcileResult | undefined>;
  /** 4 unless told. */
  readonly workers?: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WorkQueueStatus {
  /** Keys that wait for a worker. */
  readonly depth: number;
  /** Keys that wait for their time. */
  readonly delayed: number;
  readonly running: number;
  readonly done: number;
  readonly retries: number;
  /** Of the work under way; 0 when there is none. A reconcile that hangs shows here. */
  readonly longestRunningMs: number;
}

export interface CountingWorkQueue extends WorkQueue {
  status(): WorkQueueStatus;
}

export function createWorkQueue(options: WorkQueueOptions): CountingWorkQueue {
  const { clock, log, workers = 4 } = options;
  /** In the order in which they came. */
  const wanted = new Set<ObjectKey>();
  const running = new Map<ObjectKey, number>();
  const under = new Set<Promise<void>>();
  const retry = createRetryDelay(clock);
  const counts = { done: 0, retries: 0 };
  let state: 'new' | 'running' | 'stopped' = 'new';

  const work = async (key: ObjectKey) => {
    try {
      const result = await options.reconcile(key);
      retry.succeeded(key);
      counts.done++;
      if (result?.requeueAfterMs !== undefined) delayed.add(key, result.requeueAfterMs);
    } catch (error) {
      counts.retries++;
      const delayMs = retry.next(key);
      log.warn({ queue: options.name, key, delayMs, error: String(error) }, 'work failed and is tried again');
      delayed.add(key, delayMs);
    } finally {
      running.delete(key);
    }
  };
  const nextKey = () => {
    for (const key of wanted) if (!running.has(key)) return key;
    return undefined;
  };
  const pump = () => {
    while (state === 'running' && running.size < workers && !slices.pauses()) {
      const key = nextKey();
      if (key === undefined) return;
      wanted.delete(key);
      running.set(key, clock.nowMs());
      const one = work(key).then(() => {
        under.delete(one);
        pump();
      });
      under.add(one);
    }
  };
  const slices = createSlices(clock, pump);
  const add = (key: ObjectKey) => {
    if (state === 'stopped') return;
    wanted.add(key);
    pump();
  };
  const delayed = createDelayedKeys(clock, add);
  return {
    add,
    addAfter: (key, delayMs) => {
      if (state === 'stopped') return;
      if (delayMs <= 0) add(key);
      else delayed.add(key, delayMs);
    },
    start: () => {
      if (state !== 'new') return;
      state = 'running';
      pump();
      under.add(delayed.run());
    },
    stop: async () => {
      state = 'stopped';
      delayed.stop();
      await Promise.all(under);
    },
    get depth() {
      return wanted.size;
    },
    status: () => ({
      ...{ depth: wanted.size, delayed: delayed.size, running: running.size, ...counts },
      longestRunningMs: Math.max(0, ...[...running.values()].map((sinceMs) => clock.nowMs() - sinceMs)),
    }),
  };
}
