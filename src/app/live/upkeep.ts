// What a store that lives long needs beside it: what is old is removed, sooner when it is full, and how far back it goes is known.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Store } from '#store/contract.ts';
import { createRoom, type Room } from './make-room.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface Looping {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Upkeep {
  /** How far back it goes. */
  readonly oldest: { readonly ms: number | undefined };
  readonly room: Room;
}

export interface UpkeepOptions {
  readonly retention: number;
  /** The store's limit, where it has one. */
  readonly maxSize?: number;
}

/** Begins all of it. */
export async function keepUp(store: Store, options: UpkeepOptions, looping: Looping): Promise<Upkeep> {
  const { retention: retentionMs, maxSize: maxBytes } = options;
  const { clock, log } = looping;
  const inTurn = { ...store, retain: oneAtATime((beforeMs: number) => store.retain(beforeMs)) };
  const room = createRoom({
    ...{ store: inTurn, retentionMs, maxBytes, clock, log },
    sureNowMs: () => sureNowMs(store, clock),
  });
  void retain(inTurn, retentionMs, looping);
  return { room, oldest: await trackOldest(store, looping) };
}

function oneAtATime<In, Out>(work: (given: In) => Promise<Out>): (given: In) => Promise<Out> {
  let last: Promise<unknown> = Promise.resolve();
  return (given) => {
    const mine = last.then(() => work(given));
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** A clock that is days ahead for a moment must not empty the store: the newest that was stored says how late it is. */
async function sureNowMs(store: Store, clock: Clock): Promise<number> {
  const { seenMs = Number.NEGATIVE_INFINITY } = (await store.position()) ?? {};
  return Math.min(clock.nowMs(), seenMs + HOUR_MS);
}

/** Removes what is old once an hour, the first time soon after the start. */
async function retain(store: Store, retentionMs: number, { clock, log, signal }: Looping): Promise<void> {
  for (let pauseMs = MINUTE_MS; ; pauseMs = HOUR_MS) {
    await clock.sleep(pauseMs, signal);
    if (signal.aborted) return;
    try {
      const removed = await store.retain((await sureNowMs(store, clock)) - retentionMs);
      if (removed > 0) log.info({ removed }, 'removed what is old');
    } catch (error) {
      log.error({ err: error }, 'what is old was not removed: it is tried again in an hour');
    }
  }
}

/** When the oldest of the last day is from, looked up now and then: asked of the store each time it would cost too much. */
async function trackOldest(
  store: Store,
  { clock, log, signal }: Looping,
): Promise<{ readonly ms: number | undefined }> {
  const oldest: { ms: number | undefined } = { ms: undefined };
  const look = async () => {
    const toMs = Math.ceil(clock.nowMs() / HOUR_MS) * HOUR_MS;
    const [first] = await store.rollUps({ fromMs: toMs - 25 * HOUR_MS, toMs }, HOUR_MS);
    oldest.ms = first?.startMs;
  };
  const loop = async () => {
    for (;;) {
      await clock.sleep(MINUTE_MS, signal);
      if (signal.aborted) return;
      await look().catch((error) => log.warn({ err: error }, 'the oldest was not looked up'));
    }
  };
  await look();
  void loop();
  return oldest;
}
