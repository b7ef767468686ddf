import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { ALL_TIME, MINUTE, makeBatch, makeFinding, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { startAppending } from '../../../test/store/child.ts';
import { NUMBERED_TRACKS, numberedBatch } from '../../../test/store/numbered-batch.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import { openEmbeddedStore } from './index.ts';

const KEY = podTrack('cart-1').key;

test('a folder that another process uses is refused with its process id, and free once that is killed', async () => {
  using folder = makeFolder();
  const child = startAppending(folder.path);
  try {
    await child.reach(1);
    await expect(openEmbeddedStore({ folder: folder.path })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    // Nor may it be begun anew under the other's feet.
    await expect(openEmbeddedStore({ folder: folder.path, fresh: true })).rejects.toMatchObject({ code: 'in-use' });
  } finally {
    await child.kill();
  }
  const store = await openEmbeddedStore({ folder: folder.path });
  expect((await store.position())?.seenMs).toBeGreaterThanOrEqual(Math.max(...child.acknowledged));
  await store.close();
});

test('a folder that this process uses already is refused, and free after closing', async () => {
  using folder = makeFolder();
  const first = await openEmbeddedStore({ folder: folder.path });
  await expect(openEmbeddedStore({ folder: folder.path })).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringContaining('this process'),
  });
  expect(await first.append(makeBatch('a'))).toEqual({ outcome: 'stored' });
  await first.close();
  const second = await openEmbeddedStore({ folder: folder.path });
  expect(await second.append(makeBatch('a'))).toEqual({ outcome: 'duplicate' });
  await second.close();
});

test('a folder that cannot be made or written is refused, and no thread is left behind', async () => {
  using folder = makeFolder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  // Root may write anywhere but here: in a file's place, and where the kernel keeps its own.
  for (const path of [file, join(file, 'below'), '/proc/tidewatch', '/sys/tidewatch']) {
    await expect(openEmbeddedStore({ folder: path }), path).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringContaining(path),
    });
  }
  await expect(openEmbeddedStore({ folder: folder.path, readers: 0 })).rejects.toMatchObject({ code: 'bad-usage' });
});

test('a damaged store is refused until it is begun anew', async () => {
  using folder = makeFolder();
  writeFileSync(folder.file, 'This is no database. '.repeat(1000));
  await expect(openEmbeddedStore({ folder: folder.path })).rejects.toMatchObject({
    code: 'store-corrupt',
    message: expect.stringMatching(/tidewatch\.db.*--fresh/s),
  });
  const store = await openEmbeddedStore({ folder: folder.path, fresh: true });
  expect(await store.append(makeBatch('a'))).toEqual({ outcome: 'stored' });
  await store.close();
});

test('a newer store is refused until it is begun anew; a good one that is begun anew keeps its epoch', async () => {
  using folder = makeFolder();
  const first = await openEmbeddedStore({ folder: folder.path });
  const epoch = await first.nextEpoch();
  await first.append(makeBatch('a', { epoch, points: [{ track: 0, timeMs: T0 }] }));
  await first.close();
  const second = await openEmbeddedStore({ folder: folder.path, fresh: true });
  expect(await second.info()).toMatchObject({ epoch, scores: 0, tracks: 0 });
  expect(await second.position()).toBeUndefined();
  await second.close();

  const db = new DatabaseSync(folder.file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  await expect(openEmbeddedStore({ folder: folder.path })).rejects.toMatchObject({ code: 'store-newer' });
  const third = await openEmbeddedStore({ folder: folder.path, fresh: true });
  await third.close();
});

test('a full store refuses the append, serves what it has, and goes on when there is room again', async () => {
  using folder = makeFolder();
  const store = await openEmbeddedStore({ folder: folder.path, maxBytes: 1_000_000 });
  let stored = 0;
  const batch = (number: number) =>
    makeBatch(`b${number}`, {
      // A track of its own, so that a refused batch leaves something to be forgotten.
      tracks: [podTrack('cart-1'), podTrack(`new-${number}`)],
      points: Array.from({ length: 500 }, (_, index) => ({
        track: 0,
        timeMs: T0 + number * 500 + index,
        value: Math.sin(index + number),
      })),
      position: { seenMs: number, stream: 'tape-a' },
    });
  const full = await (async () => {
    for (;;) {
      try {
        await store.append(batch(stored));
        stored++;
      } catch (error) {
        return error;
      }
    }
  })();
  expect(full).toMatchObject({ code: 'disk-full', retryable: true, message: expect.stringContaining(folder.path) });
  expect(stored).toBeGreaterThan(10);
  expect(statSync(folder.file).size).toBeLessThanOrEqual(1_000_000);
  expect((await store.position())?.seenMs).toBe(stored - 1);
  expect((await store.info()).scores).toBe(stored * 500);
  expect((await store.scores([KEY], ALL_TIME))[0]?.timesMs.length).toBe(stored * 500);

  expect(await store.retain(T0 + (stored - 5) * 500)).toBe((stored - 5) * 500);
  expect(await store.append(batch(stored))).toEqual({ outcome: 'stored' });
  expect((await store.scores([KEY], ALL_TIME))[0]?.timesMs.length).toBe(6 * 500);
  expect((await store.info()).scores).toBe(6 * 500);
  expect((await store.tracks()).map((track) => track.key)).toContain(podTrack(`new-${stored}`).key);
  await store.close();
});

test('a log that was cut or flipped gives an earlier state that agrees with itself', async () => {
  using folder = makeFolder();
  const store = await openEmbeddedStore({ folder: folder.path });
  for (let number = 0; number < 30; number++) await store.append(numberedBatch(number, 1));
  // What a crash leaves: the file and its log, taken while the store is open.
  const crashed = join(folder.path, 'crashed');
  const log = readFileSync(`${folder.file}-wal`);
  const base = readFileSync(folder.file);
  await store.close();
  mkdirSync(crashed);
  const file = join(crashed, 'tidewatch.db');
  const seen = new Set<number>();
  for (const share of [0.3, 0.6, 0.9, 1]) {
    for (const damage of ['cut', 'flipped'] as const) {
      const at = Math.floor(log.length * share) - 1;
      const damaged = Buffer.from(damage === 'cut' ? log.subarray(0, at) : log);
      if (damage === 'flipped') damaged[at] = (damaged[at] ?? 0) ^ 64;
      writeFileSync(file, base);
      writeFileSync(`${file}-wal`, damaged);
      const again = await openEmbeddedStore({ folder: crashed });
      const last = (await again.position())?.seenMs ?? -1;
      expect((await again.info()).scores).toBe((last + 1) * NUMBERED_TRACKS.length);
      expect((await again.findings({ limit: 1 })).total).toBe(last + 1);
      seen.add(last);
      await again.close();
    }
  }
  expect(seen.size).toBeGreaterThan(2);
});

test('the log is gone after closing, so that the file alone can be copied', async () => {
  using folder = makeFolder();
  const store = await openEmbeddedStore({ folder: folder.path });
  await store.append(makeBatch('a', { points: [{ track: 0, timeMs: T0 }] }));
  await store.close();
  expect(existsSync(`${folder.file}-wal`)).toBe(false);
  const copy = join(folder.path, 'copy');
  mkdirSync(copy);
  copyFileSync(folder.file, join(copy, 'tidewatch.db'));
  const copied = await openEmbeddedStore({ folder: copy });
  expect((await copied.info()).scores).toBe(1);
  await copied.close();
});

test("others get their turn on the caller's thread while a lot is written and read", async () => {
  using folder = makeFolder();
  const store = await openEmbeddedStore({ folder: folder.path });
  const tracks = Array.from({ length: 20_000 }, (_, index) => podTrack(`pod-${index}`));
  const batch = (minute: number) =>
    makeBatch(`minute ${minute}`, {
      tracks,
      points: tracks.map((_, track) => ({ track, timeMs: T0 + minute * MINUTE })),
      findings: Array.from({ length: 300 }, (_, index) => makeFinding(`f${minute}-${index}`)),
    });
  const keys = tracks.map((track) => track.key);
  const turns = countTurns();
  for (const one of [0, 1, 2].map(batch)) {
    await Promise.all([
      store.append(one),
      store.scores(keys.slice(0, 5000), ALL_TIME),
      store.tracks(),
      store.findings({ limit: 2000 }),
      store.rollUps(ALL_TIME, MINUTE),
    ]);
  }
  // Each round reads 20 pieces one after the other; how long a turn takes is measured by bench/store.ts.
  expect(turns()).toBeGreaterThan(20);
  expect(await store.info()).toMatchObject({ scores: 60_000, tracks: 20_000, findings: 900 });
  await store.close();
});

test('a day of one series is read whole while others are appended', async () => {
  using folder = makeFolder();
  const store = await openEmbeddedStore({ folder: folder.path });
  const tracks = Array.from({ length: 20 }, (_, index) => podTrack(`pod-${index}`));
  const appendMinutes = (from: number, minutes: number) =>
    store.append(
      makeBatch(`minute ${from}`, {
        tracks,
        points: Array.from({ length: minutes * tracks.length }, (_, row) => ({
          track: row % tracks.length,
          timeMs: T0 + (from + Math.floor(row / tracks.length)) * MINUTE,
          value: row,
        })),
      }),
    );
  for (let minute = 0; minute < 1230; minute += 30) await appendMinutes(minute, 30);
  for (let round = 0; round < 20; round++) {
    const writing = appendMinutes(1230 + round, 1);
    const [day] = await store.scores([tracks[round]?.key ?? ''], { fromMs: T0, toMs: T0 + 1230 * MINUTE });
    expect(day?.timesMs.length).toBe(1230);
    await writing;
  }
  await store.close();
});

/** Counts the turns of the event loop; the function returned ends it and gives the number. */
function countTurns(): () => number {
  let turns = 0;
  let counting = true;
  const turn = () => {
    turns++;
    if (counting) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    counting = false;
    return turns;
  };
}
