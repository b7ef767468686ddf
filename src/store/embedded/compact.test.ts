import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINUTE, makeBatch, type Point, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { COLUMNS, createStoreModel } from '../../../test/conformance/store-model.ts';
import { makeFolder, openParts } from '../../../test/store/parts.ts';
import { createScoreReader } from './read-scores.ts';
import { numberOf } from './rows.ts';
import { verifyRows } from './verify.ts';

const TRACKS = [podTrack('a-1'), podTrack('b-1')];
const RANGE = { fromMs: T0 - 1e9, toMs: T0 + 1e9 };

/** A run of minutes of one track, a few of them scored before or after. */
const run = fc
  .record({
    track: fc.nat(1),
    from: fc.nat(900),
    length: fc.integer({ min: 1, max: 300 }),
    every: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ track, from, length, every }): Point[] =>
    Array.from({ length }, (_, index) => ({
      track,
      timeMs: T0 + (from + index * every) * MINUTE,
      value: from + index / 7,
    })),
  );

const action = fc.oneof({ weight: 2, arbitrary: run }, { weight: 1, arbitrary: fc.constant('compact' as const) });

test('compaction changes nothing that is read, and leaves blocks of a track apart', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      using folder = makeFolder();
      const { db, append, compactor } = openParts(folder.file);
      const model = createStoreModel();
      actions.forEach((one, index) => {
        if (one === 'compact') {
          compactor.compact(0);
          return;
        }
        const batch = makeBatch(`b${index}`, { tracks: TRACKS, points: one });
        model.append(batch);
        expect(append([batch])).toEqual([{ outcome: 'stored' }]);
      });
      const ids = db.prepare('SELECT id, key FROM tracks').all();
      const stored = createScoreReader(db).read(
        ids.map((row) => numberOf(row, 'id')),
        RANGE,
      );
      const expected = model.scores(RANGE);
      for (const { id, key } of ids) {
        const points = stored.get(id as number);
        const rows = Array.from(points?.timesMs ?? [], (_, row) => COLUMNS.map((column) => points?.[column][row]));
        expect(rows).toEqual(expected.get(String(key)));
      }
      const overlaps = db
        .prepare(
          'SELECT count(*) AS n FROM blocks a JOIN blocks b ON a.track = b.track AND a.id < b.id AND a.start_ms <= b.end_ms AND b.start_ms <= a.end_ms',
        )
        .get();
      expect(overlaps?.n).toBe(0);
      verifyRows(db);
      db.close();
    }),
    { numRuns: 150 },
  );
});

test('a slow trickle does not leave a block a point', () => {
  using folder = makeFolder();
  const { db, append, compactor } = openParts(folder.file);
  for (let minute = 0; minute < 600; minute++) {
    append([makeBatch(`b${minute}`, { points: [{ track: 0, timeMs: T0 + minute * MINUTE }] })]);
    if (minute % 7 === 0) while (compactor.compact(0) > 0);
  }
  const { n, least } = db.prepare('SELECT count(*) AS n, min(points) AS least FROM blocks').get() ?? {};
  expect(Number(n)).toBeLessThan(12);
  expect(Number(least)).toBeGreaterThan(5);
  db.close();
});

test('a long stretch becomes blocks of about two hours', () => {
  using folder = makeFolder();
  const { db, append, compactor } = openParts(folder.file);
  const points = Array.from({ length: 1230 }, (_, minute) => ({ track: 0, timeMs: T0 + minute * MINUTE }));
  append([makeBatch('a', { points })]);
  expect(compactor.compact(0)).toBe(1230);
  expect(compactor.compact(0)).toBe(0);
  expect(
    db
      .prepare('SELECT points FROM blocks')
      .all()
      .map((row) => row.points),
  ).toEqual(Array(10).fill(123));
  db.close();
});
