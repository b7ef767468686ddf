// A real store that grows to its limit while more is appended, as the keeper has it.
import { afterEach, expect, test } from 'vitest';
import { createLog } from '#kit/log.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { MINUTE, makeBatch, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import { watchAppends } from './append-health.ts';
import { createRoom, type RoomOptions } from './make-room.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MOST_BYTES = 2 * 2 ** 20;
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const hour = (number: number, pods: number) =>
  makeBatch(`hour ${number}`, {
    tracks: Array.from({ length: pods }, (_, index) => podTrack(`pod-${index}`)),
    position: { seenMs: T0 + (number + 1) * HOUR, stream: 's' },
    points: Array.from({ length: 60 * pods }, (_, index) => ({
      track: index % pods,
      timeMs: T0 + number * HOUR + Math.floor(index / pods) * MINUTE,
      // Random bits, which nothing makes smaller.
      value: Math.sin(number * 7919 + index) * 1e9,
      score: Math.cos(number * 104_729 + index),
    })),
  });

async function open(options: Partial<RoomOptions> = {}, pods = 20) {
  const folder = makeFolder();
  endings.push(() => folder[Symbol.dispose]());
  const store = await openEmbeddedStore({ folder: folder.path, maxBytes: MOST_BYTES });
  endings.push(() => store.close());
  const clock = { ms: T0, nowMs: () => clock.ms, sleep: async () => {} };
  const room = createRoom({
    ...{ store, retentionMs: 14 * DAY, maxBytes: MOST_BYTES, clock, log: createLog('silent') },
    ...{ sureNowMs: async () => clock.ms, volumeBytes: async () => 1e12, ...options },
  });
  let refusals = 0;
  const appends = watchAppends(store, { clock, onFull: () => refusals++ });
  /** As an operator does: again and again until it is stored. */
  const append = async (number: number, tries: number): Promise<boolean> => {
    clock.ms = T0 + (number + 1) * HOUR;
    for (let left = tries; left > 0; left--) {
      clock.ms += 6000;
      const stored = await appends.append(hour(number, pods)).catch(() => undefined);
      if (stored !== undefined) return true;
      await room.full();
    }
    return false;
  };
  return { store, room, append, appends, refusals: () => refusals };
}

async function firstHour(store: Awaited<ReturnType<typeof open>>['store']): Promise<number | undefined> {
  const [first] = await store.rollUps({ fromMs: T0, toMs: T0 + 100 * DAY }, HOUR);
  return first === undefined ? undefined : (first.startMs - T0) / HOUR;
}

test('a full store goes on: the oldest goes before its time, and it says how far back it still goes', async () => {
  const { store, room, append, appends, refusals } = await open();
  let last = 0;
  for (; refusals() === 0; last++) expect(await append(last, 3)).toBe(true);
  expect(last).toBeGreaterThan(12);
  expect(room.troubles()).toMatchObject([{ what: expect.stringMatching(/it keeps \d+ hours instead of 14.0 days/) }]);
  expect(room.troubles()[0]?.blocking).toBe(false);
  expect(room.keptMs()).toBeLessThan(last * HOUR);
  // For as long again nothing is refused for good.
  const twice = 2 * last;
  for (; last < twice; last++) expect(await append(last, 3)).toBe(true);
  expect(appends.troubles()).toEqual([]);
  const first = (await firstHour(store)) ?? 0;
  // It takes no more than it has to.
  expect(first).toBeGreaterThan(2);
  expect(twice - first).toBeGreaterThan(twice / 4);
});

test.each([
  ['the disk is full of other things', { maxBytes: undefined }, 20],
  ['what is left is what detectors need', {}, 140],
])('nothing goes before its time when %s, and it is said that nothing is stored', async (_, options, pods) => {
  const { store, append, appends, room, refusals } = await open(options, pods);
  let last = 0;
  for (; refusals() === 0; last++) await append(last, 1);
  if (pods > 20) expect(last).toBeLessThan(6);
  const before = await firstHour(store);
  expect(await append(last - 1, 5)).toBe(false);
  expect(await firstHour(store)).toBe(before);
  expect(room.troubles()).toEqual([]);
  expect(appends.troubles()).toMatchObject([{ blocking: true, what: expect.stringContaining('not-stored: no space') }]);
});
