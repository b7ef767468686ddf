// Tracks have a number in the store. The writer keeps the numbers of those that are being written, because a batch of
// 250,000 series must not look each of them up.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import type { Track } from '#model/score.ts';
import { fromJson, toJson } from './json.ts';
import { checkCrc, numberOf, type Row, rowCrc, textOf } from './rows.ts';

/** Tracks whose scores share a row of the tail: 256 neighbours by number. */
export const GROUP_BITS = 8;

export function trackOf(db: DatabaseSync, row: Row): Track {
  const json = textOf(row, 'json');
  checkCrc(db, `track ${numberOf(row, 'id')}`, row, rowCrc([numberOf(row, 'id'), json]));
  return fromJson(json) as Track;
}

export interface TrackRegistry {
  /** Wire number `first + i` is `tracks[i]`; `first` 0 forgets all before. */
  define(first: number, tracks: readonly Track[]): void;
  /** Stored numbers for wire numbers; tracks that are new are stored. */
  idsOf(wire: Uint32Array): Uint32Array;
  find(key: string): Track | undefined;
  /** Whether the track had been stored before this process first wrote it. */
  isOld(id: number): boolean;
  /** After a rollback or a removal: what was looked up may not be true any more. */
  forgetIds(): void;
}

interface Entry {
  readonly track: Track;
  id: number;
}

export function createTrackRegistry(db: DatabaseSync): TrackRegistry {
  let entries: Entry[] = [];
  let oldest = highestId(db);
  const highest = db.prepare('SELECT max(id) AS id FROM tracks');
  const byKey = db.prepare('SELECT id, json, crc FROM tracks WHERE key = ?');
  const insert = db.prepare('INSERT INTO tracks (id, key, json, crc) VALUES (?, ?, ?, ?)');
  const update = db.prepare('UPDATE tracks SET json = ?, crc = ? WHERE id = ?');
  let nextId: number | undefined;

  const store = (track: Track): number => {
    const json = toJson(track);
    const row = byKey.get(track.key);
    if (row === undefined) {
      nextId ??= ((highest.get()?.id as number | null) ?? 0) + 1;
      const id = nextId++;
      insert.run(id, track.key, json, rowCrc([id, json]));
      return id;
    }
    const id = numberOf(row, 'id');
    if (textOf(row, 'json') !== json) update.run(json, rowCrc([id, json]), id);
    return id;
  };

  return {
    define: (first, tracks) => {
      if (first === 0) entries = [];
      entries.length = first;
      for (const track of tracks) entries.push({ track, id: 0 });
    },
    idsOf: (wire) =>
      wire.map((number) => {
        const entry = entries[number];
        if (entry === undefined)
          throw new AppError('internal', `a batch names the track ${number}, which was not defined`);
        if (entry.id === 0) entry.id = store(entry.track);
        return entry.id;
      }),
    find: (key) => {
      const row = byKey.get(key);
      return row === undefined ? undefined : trackOf(db, row);
    },
    isOld: (id) => id <= oldest,
    forgetIds: () => {
      for (const entry of entries) entry.id = 0;
      nextId = undefined;
      oldest = highestId(db);
    },
  };
}

function highestId(db: DatabaseSync): number {
  return (db.prepare('SELECT max(id) AS id FROM tracks').get()?.id as number | null) ?? 0;
}
