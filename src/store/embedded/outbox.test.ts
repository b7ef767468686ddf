// What waits to be sent on, in the real store: in order, as it now is, over restarts, and counted when it is gone.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINUTE, makeBatch, makeFinding, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import type { Unsent } from '../contract.ts';
import { DATABASE_FILE } from './database.ts';
import { openEmbeddedStore } from './index.ts';
import { packPlaces, unpackPlaces } from './outbox-codec.ts';

const open = (folder: string, outbox = true) => openEmbeddedStore({ folder, outbox });
const TRACKS = [podTrack('cart-1'), podTrack('cart-2')];
const batch = (key: string, points: readonly (readonly [track: number, minute: number, score?: number])[], more = {}) =>
  makeBatch(key, {
    tracks: TRACKS,
    points: points.map(([track, minute, score = 1]) => ({ track, timeMs: T0 + minute * MINUTE, score })),
    ...more,
  });
const told = (unsent: Unsent | undefined) =>
  Array.from(unsent?.scores.tracks ?? [], (track, row) => [
    unsent?.tracks[track]?.labels.pod,
    ((unsent?.scores.timesMs[row] ?? 0) - T0) / MINUTE,
    unsent?.scores.scores[row],
  ]);

test('what was stored waits in its order, as it now is, until it is done with', async () => {
  using folder = makeFolder();
  const store = await open(folder.path);
  expect(await store.outbox.first()).toBeUndefined();
  await store.append(
    batch('a', [
      [0, 1],
      [1, 1],
      [0, 2, Number.NaN],
    ]),
  );
  await store.append(batch('b', [[0, 2, 5]], { findings: [makeFinding('f')] }));
  // Judged again: the point is sent once, as it was judged last.
  await store.append(batch('c', [[0, 1, 7]]));
  const first = await store.outbox.first();
  expect(told(first)).toEqual([
    ['cart-1', 1, 7],
    ['cart-2', 1, 1],
    ['cart-1', 2, 5],
  ]);
  expect(first?.scores.expected[0]).toBeCloseTo(1 / 3);
  expect(first?.findings).toMatchObject([{ id: 'f' }]);
  expect(await store.outbox.state()).toEqual({ waiting: 5, expired: 0 });
  await store.append(batch('d', [[1, 3]]));
  await store.outbox.done(first?.number ?? 0);
  expect(told(await store.outbox.first())).toEqual([['cart-2', 3, 1]]);
  // A duplicate was stored and sent before.
  await store.append(batch('d', [[1, 3]]));
  expect((await store.outbox.state()).waiting).toBe(1);
  // Judged again after it was sent: it waits again.
  await store.append(batch('e', [[0, 1, 9]]));
  expect(told(await store.outbox.first())).toEqual([
    ['cart-1', 1, 9],
    ['cart-2', 3, 1],
  ]);
  await store.close();
});

test('it is there after a restart, also when nothing more is added, and goes with what is cleared', async () => {
  using folder = makeFolder();
  const before = await open(folder.path);
  await before.append(batch('a', [[0, 1]]));
  await before.close();
  const without = await open(folder.path, false);
  await without.append(batch('b', [[0, 2]]));
  expect(told(await without.outbox.first())).toEqual([['cart-1', 1, 1]]);
  await without.close();
  const after = await open(folder.path);
  expect(told(await after.outbox.first())).toEqual([['cart-1', 1, 1]]);
  await after.clear();
  expect(await after.outbox.state()).toEqual({ waiting: 0, expired: 0 });
  await after.close();
});

test('what was removed as too old before it was sent is counted, and holds nothing up', async () => {
  using folder = makeFolder();
  const store = await open(folder.path);
  await store.append(
    batch(
      'a',
      [
        [0, 1],
        [1, 1],
      ],
      { findings: [makeFinding('f', { closedMs: T0 + MINUTE })] },
    ),
  );
  await store.append(batch('b', [[0, 60]]));
  await store.retain(T0 + 30 * MINUTE);
  expect(await store.outbox.state()).toEqual({ waiting: 1, expired: 3 });
  expect(told(await store.outbox.first())).toEqual([['cart-1', 60, 1]]);
  await store.close();
  const again = await open(folder.path);
  expect((await again.outbox.state()).expired).toBe(3);
  await again.close();
});

test('a large append comes in pieces, and all of it', async () => {
  using folder = makeFolder();
  const store = await open(folder.path);
  const points = Array.from({ length: 10_000 }, (_, index) => [index % 2, Math.floor(index / 2) / 100] as const);
  await store.append(batch('a', points));
  let [sent, pieces] = [0, 0];
  for (let next = await store.outbox.first(); next !== undefined; next = await store.outbox.first()) {
    expect(next.scores.tracks.length).toBeLessThanOrEqual(4096);
    sent += next.scores.tracks.length;
    pieces++;
    await store.outbox.done(next.number);
  }
  expect([sent, pieces]).toEqual([10_000, 3]);
  await store.close();
});

test('an hour of 2,000 series without a receiver costs less than two bytes a point', async () => {
  using folder = makeFolder();
  const tracks = Array.from({ length: 2000 }, (_, index) => podTrack(`cart-${index}`));
  const sizeWith = async (name: string, outbox: boolean) => {
    const path = join(folder.path, name);
    const store = await open(path, outbox);
    for (let minute = 0; minute < 60; minute++) {
      const points = tracks.map((_, track) => ({ track, timeMs: T0 + minute * MINUTE }));
      await store.append(makeBatch(`k${minute}`, { tracks, points }));
    }
    await store.close();
    return statSync(join(path, DATABASE_FILE)).size;
  };
  const more = (await sizeWith('with', true)) - (await sizeWith('without', false));
  expect(more / (60 * 2000)).toBeLessThan(2);
}, 30_000);

test('places are unpacked as they were packed', () => {
  const point = fc.tuple(fc.nat(0xffff_ffff), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(point), (points) => {
      const tracks = Uint32Array.from(points, ([track]) => track);
      const timesMs = Float64Array.from(points, ([, timeMs]) => timeMs);
      expect(unpackPlaces(packPlaces(tracks, timesMs), points.length)).toEqual({ tracks, timesMs });
    }),
  );
});

test('a damaged track is counted, and holds up no other', async () => {
  using folder = makeFolder();
  const store = await open(folder.path);
  // Tracks of one group share a row of the tail: the second is in another.
  const tracks = Array.from({ length: 300 }, (_, index) => podTrack(`cart-${index}`));
  const points = tracks.map((_, track) => ({ track, timeMs: T0 }));
  await store.append(makeBatch('a', { tracks, points }));
  using db = new DatabaseSync(join(folder.path, DATABASE_FILE));
  db.exec("UPDATE tail SET data = X'00' WHERE number = (SELECT min(number) FROM tail)");
  db.exec("UPDATE blocks SET data = X'00' WHERE track < 256");
  const first = await store.outbox.first();
  expect(first?.damaged).toBe(255);
  expect(first?.scores.tracks).toHaveLength(45);
  await store.close();
});
