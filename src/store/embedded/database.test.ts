import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { BEYOND, MINUTE, makeBatch, makeFinding, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder, openParts } from '../../../test/store/parts.ts';
import { createFolder, openForReading, openForWriting } from './database.ts';
import { MIGRATIONS, migrate, schemaVersion } from './migrations.ts';
import { readFindings } from './read-findings.ts';
import { readRollUps } from './read-roll-ups.ts';
import { createScoreReader } from './read-scores.ts';
import { numberOf } from './rows.ts';
import { readEdges, readSpans } from './span-rows.ts';
import { readState } from './state.ts';
import { trackOf } from './tracks.ts';

const RANGE = { fromMs: 0, toMs: T0 + 1e9 };

/** A small store with something in every table. */
function fill(file: string): void {
  const { db, append, compactor } = openParts(file);
  const tracks = [podTrack('cart-1'), podTrack('front-1')];
  for (let hour = 0; hour < 4; hour++) {
    const points = Array.from({ length: 60 }, (_, minute) => ({
      track: minute % 2,
      timeMs: T0 + (hour * 60 + minute) * MINUTE,
      value: Math.sin(minute),
      flags: BEYOND,
    }));
    append([
      makeBatch(`hour ${hour}`, {
        tracks,
        points,
        findings: [makeFinding(`f${hour}`, { startMs: T0 + hour, pod: `cart-${hour}` })],
        spans: [
          {
            traceId: 't',
            spanId: `s${hour}`,
            pod: 'cart-1',
            service: 'cart',
            operation: 'GET',
            startMs: T0,
            durationMs: hour,
          },
        ],
        edges: [{ type: 'calls', from: 'front', to: `cart-${hour}` }],
      }),
    ]);
    if (hour === 1) compactor.compact(0);
  }
  db.close();
}

/** Everything that can be asked, as text. */
function readAll(db: DatabaseSync): string {
  const tracks = db.prepare('SELECT id, json, crc FROM tracks ORDER BY id').all();
  const scores = createScoreReader(db).read(
    tracks.map((row) => numberOf(row, 'id')),
    RANGE,
  );
  const columns = (value: unknown) =>
    ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex') : value;
  return JSON.stringify(
    [
      readState(db),
      tracks.map((row) => trackOf(db, row)),
      [...scores],
      readFindings(db, { limit: 100, range: RANGE }),
      readFindings(db, { limit: 100, order: 'worst', text: 'cart', service: 'cart' }),
      readRollUps(db, RANGE, MINUTE),
      readSpans(db, { range: RANGE, limit: 100 }),
      readEdges(db),
    ],
    (_key, value) => columns(value),
  );
}

test('a flipped byte is either harmless or reported, and never served', () => {
  using folder = makeFolder();
  fill(folder.file);
  const whole = readFileSync(folder.file);
  const intact = openForWriting(folder.file);
  const expected = readAll(intact);
  intact.close();

  const refused = { open: 0, read: 0, harmless: 0 };
  // A step that shares no factor with a page's size visits every kind of place in every kind of page.
  for (let at = 0; at < whole.length; at += at < 200 ? 1 : 797) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(folder.file, flipped);
    let db: DatabaseSync | undefined;
    try {
      db = openForWriting(folder.file);
      expect(readAll(db), `byte ${at}`).toBe(expected);
      refused.harmless++;
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal') throw new Error(`byte ${at}`, { cause: error });
      refused[db === undefined ? 'open' : 'read']++;
    } finally {
      db?.close();
    }
  }
  // All damage shows at the start already.
  expect(refused.read).toBe(0);
  expect(refused.open).toBeGreaterThan(100);
  expect(refused.harmless).toBeGreaterThan(10);
});

test('damage while it runs is found when the row is read', () => {
  using folder = makeFolder();
  fill(folder.file);
  for (const [table, column, read] of [
    ['blocks', 'data', readAll],
    ['tail', 'data', readAll],
    ['findings', 'json', readAll],
    ['minutes', 'points', readAll],
    ['tracks', 'json', readAll],
    ['state', 'seen_ms', readState],
    ['spans', 'duration_ms', readAll],
    ['edges', 'source', readAll],
  ] as const) {
    const copy = join(folder.path, `${table}.db`);
    copyFileSync(folder.file, copy);
    const writer = openForWriting(copy);
    const value = { data: "X'00'", json: "'{}'", source: "'x'" }[column as string] ?? '77';
    writer.exec(`UPDATE ${table} SET ${column} = ${value}`);
    const reader = openForReading(copy);
    expect(() => read(reader), table).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
    reader.close();
    writer.close();
  }
});

test('garbage, a cut file and a file of another program are refused with what to do', () => {
  using folder = makeFolder();
  const refusal = (message: string) =>
    expect(() => openForWriting(folder.file)).toThrow(
      expect.objectContaining({ code: 'store-corrupt', message: expect.stringContaining(message) }),
    );
  writeFileSync(folder.file, 'This is no database. '.repeat(1000));
  refusal('--fresh');
  refusal(folder.file);

  writeFileSync(folder.file, '');
  fill(folder.file);
  truncateSync(folder.file, readFileSync(folder.file).length / 2);
  refusal('--fresh');

  const other = join(folder.path, 'other.db');
  const foreign = new DatabaseSync(other);
  foreign.exec('CREATE TABLE notes (text)');
  foreign.close();
  copyFileSync(other, folder.file);
  refusal('choose another folder');
});

test('a newer schema is refused with what to do, and is not touched', () => {
  using folder = makeFolder();
  fill(folder.file);
  const db = new DatabaseSync(folder.file);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  db.close();
  expect(() => openForWriting(folder.file)).toThrow(
    expect.objectContaining({ code: 'store-newer', message: expect.stringContaining('newer Tidewatch') }),
  );
  const after = new DatabaseSync(folder.file);
  expect(schemaVersion(after)).toBe(MIGRATIONS.length + 1);
  after.close();
});

test('migrations run once, in order, each whole: one that fails leaves the version before it', () => {
  const db = new DatabaseSync(':memory:');
  const steps = ['CREATE TABLE a (x INTEGER) STRICT', 'ALTER TABLE a ADD COLUMN y TEXT'];
  migrate(db, steps.slice(0, 1));
  db.exec('INSERT INTO a VALUES (1)');
  migrate(db, steps);
  migrate(db, steps);
  expect(schemaVersion(db)).toBe(2);
  expect({ ...db.prepare('SELECT * FROM a').get() }).toEqual({ x: 1, y: null });
  expect(() => migrate(db, [...steps, 'CREATE TABLE b (z INTEGER); CREATE TABLE a (z INTEGER)'])).toThrow();
  expect(schemaVersion(db)).toBe(2);
  expect(db.isTransaction).toBe(false);
  expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'b'").get()?.n).toBe(0);
  db.close();
});

test('a store is durable by its settings: write-ahead log, a sync for each commit', () => {
  using folder = makeFolder();
  const db = openForWriting(folder.file);
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys'), pragma('auto_vacuum')]).toEqual([
    'wal',
    2,
    1,
    2,
  ]);
  db.close();
});

test('a folder that cannot be made or written is refused with its path', () => {
  using folder = makeFolder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below'), '/proc/tidewatch', 'nul\u0000byte']) {
    expect(() => createFolder(path), path).toThrow(expect.objectContaining({ code: 'cannot-write' }));
  }
  // A folder in the file's place: SQLite itself is refused, as it is in a read-only folder.
  mkdirSync(folder.file);
  expect(() => openForWriting(folder.file)).toThrow(expect.objectContaining({ code: 'cannot-write' }));
});
