// What a full store does so that what is new can be stored: the oldest goes before its time, a tenth of what is kept at a time,
// and it is said how far back it still goes. Only a store that fills its own limit or its own volume does so; where others
// filled the disk, nothing of ours would make room for long.
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Store, StoreInfo } from '#store/contract.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What is always kept: twice what detectors are warmed with. */
const LEAST_MS = 6 * HOUR_MS;
const SHARE = 0.1;
/** Shares of the limit and of the volume from which on the store itself is what fills them. */
const OF_LIMIT = 0.8;
const OF_VOLUME = 0.5;
/** An append that was refused before a step may be heard of after it. */
const PAUSE_MS = 5000;

export interface RoomOptions {
  readonly store: Pick<Store, 'info' | 'rollUps' | 'retain'>;
  readonly retentionMs: number;
  /** The store's own limit, where it has one. */
  readonly maxBytes: number | undefined;
  /** Now, for what is removed: not what a clock says that is days ahead. */
  sureNowMs(): Promise<number>;
  /** For tests: of the file system that the file lies on. */
  volumeBytes?(path: string): Promise<number>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Room {
  /** An append was refused for want of room. Resolves when something was done about it, or nothing could be. */
  full(): Promise<void>;
  /** How far back what is stored goes at most. */
  keptMs(): number;
  troubles(): readonly Trouble[];
}

export function createRoom(options: RoomOptions): Room {
  const { store, retentionMs, clock, log } = options;
  let cut: { readonly beforeMs: number; readonly sinceMs: number } | undefined;
  let making: Promise<void> | undefined;
  let notBeforeMs = Number.NEGATIVE_INFINITY;

  const step = async (): Promise<void> => {
    const info = await store.info();
    const nowMs = await options.sureNowMs();
    const oldestMs = await oldestOf(store, nowMs - retentionMs, nowMs);
    const beforeMs = Math.min(oldestMs + Math.max(HOUR_MS, SHARE * (nowMs - oldestMs)), nowMs - LEAST_MS);
    if (!(await isOwnFault(info, options)) || !(beforeMs > oldestMs)) {
      log.warn({ bytes: info.sizeBytes }, 'the store has no room, and removing what is old would make none');
      return;
    }
    const removed = await store.retain(beforeMs);
    cut = { beforeMs, sinceMs: cut?.sinceMs ?? clock.nowMs() };
    log.warn(
      { removed, before: new Date(beforeMs).toISOString() },
      'the store is full: the oldest went before its time',
    );
  };
  const keptMs = () => Math.min(retentionMs, clock.nowMs() - (cut?.beforeMs ?? Number.NEGATIVE_INFINITY));
  const make = async () => {
    try {
      await step();
    } catch (error) {
      log.error({ err: error }, 'the store is full, and no room could be made');
    } finally {
      notBeforeMs = clock.nowMs() + PAUSE_MS;
      making = undefined;
    }
  };
  return {
    async full() {
      if (making === undefined && clock.nowMs() < notBeforeMs) return;
      making ??= make();
      await making;
    },
    keptMs,
    troubles() {
      // Once as much is there as was wanted, it is over.
      if (cut === undefined || keptMs() >= retentionMs) return [];
      const what = `store-full: it keeps ${inDays(keptMs())} instead of ${inDays(retentionMs)}, because it is full`;
      const remedy = 'Give it more room (the volume, --max-size), or ask for less with --retention.';
      return [{ kind: 'other', what, remedy, sinceMs: cut.sinceMs, blocking: false }];
    },
  };
}

/** To the hour; `toMs` when nothing is stored. */
async function oldestOf(store: RoomOptions['store'], fromMs: number, toMs: number): Promise<number> {
  const hour = (ms: number) => Math.floor(ms / HOUR_MS) * HOUR_MS;
  const [first] = await store.rollUps({ fromMs: hour(fromMs), toMs: hour(toMs) + HOUR_MS }, HOUR_MS);
  return first?.startMs ?? toMs;
}

async function isOwnFault({ path, sizeBytes }: StoreInfo, options: RoomOptions): Promise<boolean> {
  const { maxBytes = Number.POSITIVE_INFINITY, volumeBytes = sizeOfVolume } = options;
  return sizeBytes >= OF_LIMIT * maxBytes || sizeBytes >= OF_VOLUME * (await volumeBytes(path));
}

async function sizeOfVolume(path: string): Promise<number> {
  const { blocks, bsize } = await statfs(dirname(path));
  return blocks * bsize;
}

function inDays(ms: number): string {
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} hours` : `${(ms / DAY_MS).toFixed(1)} days`;
}
