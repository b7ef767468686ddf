// A copy of what the API server has of one kind: a paged LIST, then a WATCH from its version, again and again. There is
// no state that it does not come out of: it waits longer after each failure, begins anew with a LIST when its version is
// too old (410) or leads nowhere, and one loop does it all, so that there is never a second LIST or WATCH. What listeners
// hear is level-based: the difference between what was held and what is.
import { AppError } from '#kit/errors.ts';
import type { KubeRecord, Reflector } from './contract.ts';
import { KubeError } from './kube-error.ts';
import { resourceOf } from './kube-path.ts';
import { createMirror, type MirrorOptions } from './mirror.ts';
import { createReconnect, GOOD_MS } from './reconnect.ts';
import { createSyncWaiters } from './sync-waiters.ts';

export type ReflectorOptions<T extends KubeRecord> = MirrorOptions<T>;

/** Watches in a row from a version that lead nowhere, until it is taken for lost (a server set back to a backup). */
const MOST_DEAD_ENDS = 3;
/** Refusals that say nothing of the version. */
const NOT_OF_THE_VERSION = [401, 403, 404, 429];

export function createReflector<T extends KubeRecord>(options: ReflectorOptions<T>): Reflector<T> {
  const { clock, log } = options;
  const kind = resourceOf(options.list);
  const stopping = new AbortController();
  const { signal } = stopping;
  const reconnect = createReconnect(options.random);
  const waiters = createSyncWaiters(kind);
  const state = { lastProgressMs: 0, trouble: undefined as string | undefined, retries: 0, startedMs: 0, deadEnds: 0 };
  let running: Promise<void> | undefined;

  const mirror = createMirror(options, (isNews) => {
    state.lastProgressMs = clock.nowMs();
    state.trouble = undefined;
    if (!isNews) return;
    state.deadEnds = 0;
    reconnect.progressed(state.lastProgressMs - state.startedMs);
  });
  const backOff = async (error: unknown) => {
    const { status = 0, reason = '', retryAfterMs } = error instanceof KubeError ? error : {};
    const isRefused = status >= 400 && status < 500 && !NOT_OF_THE_VERSION.includes(status);
    if (mirror.version !== undefined && (isRefused || reason === 'Silent')) state.deadEnds++;
    // Who says so is there: a list need not wait as long as one that gets no answer.
    if (status === 410) reconnect.progressed(0);
    if (status === 410 || state.deadEnds >= MOST_DEAD_ENDS) mirror.version = undefined;
    const sentence = error instanceof Error ? error.message : String(error);
    // A kind of which nothing has changed since the server began gets no bookmarks from it: that it is quiet is no fault.
    const level = reason === 'Silent' ? 'info' : 'warn';
    if (sentence !== state.trouble) log[level]({ kind, reason, retries: state.retries }, sentence);
    state.trouble = sentence;
    state.retries++;
    await clock.sleep(reconnect.nextMs(retryAfterMs), signal);
  };
  const step = async () => {
    state.startedMs = clock.nowMs();
    if (mirror.version === undefined) {
      await mirror.listAll(signal);
      waiters.resolve();
      return;
    }
    await mirror.watchFrom(mirror.version, signal);
    const lastedMs = clock.nowMs() - state.startedMs;
    // One that the server ends in its time is well; one that it ends at once would be a busy loop.
    if (lastedMs < GOOD_MS) throw new KubeError(0, 'Ended', `the watch of ${kind} was ended after ${lastedMs} ms`);
  };
  const run = async () => {
    while (!signal.aborted) {
      try {
        await step();
      } catch (error) {
        if (!signal.aborted) await backOff(error);
      }
    }
  };

  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      waiters.reject(new AppError('unavailable', `watching ${kind} was stopped before its first list was whole`));
      await running;
    },
    synced: (waiting) => waiters.wait(waiting),
    get isSynced() {
      return waiters.isResolved;
    },
    get: (key) => mirror.records.get(key),
    list: () => mirror.records.values() as IterableIterator<T>,
    get size() {
      return mirror.records.size;
    },
    status: () => ({
      ...{ lastProgressMs: state.lastProgressMs, trouble: state.trouble, retries: state.retries },
      ...mirror.counts,
    }),
  };
}
