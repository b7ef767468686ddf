import { expect, test } from 'vitest';
import { MINUTE, makeBatch, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder, openParts } from '../../../test/store/parts.ts';
import { retain } from './retain.ts';
import { numberOf } from './rows.ts';

const HOUR = 60 * MINUTE;

function run(work: Generator<void, number>): number {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function fill(file: string) {
  const parts = openParts(file);
  const tracks = [podTrack('a-1'), podTrack('b-1')];
  const points = tracks.flatMap((_, track) =>
    Array.from({ length: 600 }, (_, minute) => ({ track, timeMs: T0 + minute * MINUTE, value: minute })),
  );
  parts.append([makeBatch('a', { tracks, points })]);
  return parts;
}

test('a damaged block that is old goes, and what is behind it too', () => {
  using folder = makeFolder();
  const { db, compactor, appender } = fill(folder.file);
  compactor.compact(0);
  db.exec("UPDATE blocks SET data = X'00' WHERE id = (SELECT min(id) FROM blocks)");
  expect(run(retain(db, { appender, compactor }, T0 + 5 * HOUR))).toBe(600);
  expect(numberOf(db.prepare('SELECT min(end_ms) AS end_ms FROM blocks').get() ?? {}, 'end_ms')).toBeGreaterThan(
    T0 + 5 * HOUR,
  );
});

test('a damaged row of the tail keeps nothing else from going', () => {
  using folder = makeFolder();
  const { db, append, compactor, appender } = fill(folder.file);
  compactor.compact(0);
  append([makeBatch('b', { tracks: [podTrack('a-1')], points: [{ track: 0, timeMs: T0 }] })]);
  db.exec("UPDATE tail SET data = X'00'");
  expect(run(retain(db, { appender, compactor }, T0 + 5 * HOUR))).toBe(600);
});
