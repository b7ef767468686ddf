// Counts per minute, written with the rows they count. A point is counted once, whichever batches bring it: before a point
// that may be stored already is counted, what is stored of it is taken off.
import type { DatabaseSync } from 'node:sqlite';
import { FLAG } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import type { ScoreReader } from './read-scores.ts';
import { checkCrc, numberOf, type Row, rowCrc } from './rows.ts';

export const MINUTE_MS = 60_000;

export interface MinuteCounts {
  points: number;
  beyondThreshold: number;
  inFinding: number;
  opened: number;
}

export interface CountWriter {
  /** Counts a block that is about to be stored; `ids[row]` is its track. Returns how many points are new. */
  add(scores: ScoreBlock, ids: Uint32Array): number;
  /** `change` findings more that opened in the minute of `timeMs`. */
  opened(timeMs: number, change: number): void;
  /** Writes what was counted since the last flush. */
  flush(): void;
  /** Drops what was counted and not written, and what was remembered of tracks. */
  reset(): void;
}

export interface CountDeps {
  readonly reader: ScoreReader;
  /** The newest time that the track may have in the store, −∞ when it surely has none. */
  newestOf(track: number): number;
}

/** What a stored point counts for, as bits. */
const SCORED = 1;
const BEYOND = 2;
const IN_FINDING = 4;

export function createCountWriter(db: DatabaseSync, deps: CountDeps): CountWriter {
  const newest = new Map<number, number>();
  const changes = new Map<number, MinuteCounts>();
  const select = db.prepare(`SELECT ${MINUTE_COLUMNS} FROM minutes WHERE start_ms = ?`);
  const upsert = db.prepare(`INSERT OR REPLACE INTO minutes (${MINUTE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`);
  const remove = db.prepare('DELETE FROM minutes WHERE start_ms = ?');

  const minute = (timeMs: number): MinuteCounts => {
    const startMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    let counts = changes.get(startMs);
    if (counts === undefined) {
      counts = { points: 0, beyondThreshold: 0, inFinding: 0, opened: 0 };
      changes.set(startMs, counts);
    }
    return counts;
  };
  const count = (timeMs: number, bits: number, change: number) => {
    const counts = minute(timeMs);
    if ((bits & SCORED) !== 0) counts.points += change;
    if ((bits & BEYOND) !== 0) counts.beyondThreshold += change;
    if ((bits & IN_FINDING) !== 0) counts.inFinding += change;
  };
  /** Counts points of tracks that have some of these times already, in the block or in the store. */
  const recount = (scores: ScoreBlock, ids: Uint32Array, tracks: ReadonlySet<number>): number => {
    const known = storedBits(deps.reader, scores, ids, tracks);
    let fresh = 0;
    ids.forEach((id, row) => {
      const times = known.get(id);
      if (times === undefined) return;
      const timeMs = scores.timesMs[row] ?? 0;
      const old = times.get(timeMs);
      const bits = bitsOf(scores, row);
      if (old === undefined) fresh++;
      else count(timeMs, old, -1);
      count(timeMs, bits, 1);
      times.set(timeMs, bits);
    });
    return fresh;
  };

  return {
    add: (scores, ids) => {
      const again = new Set<number>();
      ids.forEach((id, row) => {
        const timeMs = scores.timesMs[row] ?? 0;
        const last = newest.get(id) ?? deps.newestOf(id);
        if (timeMs > last) newest.set(id, timeMs);
        else {
          newest.set(id, last);
          again.add(id);
        }
      });
      let fresh = 0;
      ids.forEach((id, row) => {
        if (again.has(id)) return;
        fresh++;
        count(scores.timesMs[row] ?? 0, bitsOf(scores, row), 1);
      });
      return again.size === 0 ? fresh : fresh + recount(scores, ids, again);
    },
    opened: (timeMs, change) => {
      minute(timeMs).opened += change;
    },
    flush: () => {
      for (const [startMs, change] of changes) {
        const row = select.get(startMs);
        const sum = add(row === undefined ? undefined : readMinute(db, row), change);
        if (Object.values(sum).every((value) => value === 0)) remove.run(startMs);
        else upsert.run(...minuteValues(startMs, sum));
      }
      changes.clear();
    },
    reset: () => {
      changes.clear();
      newest.clear();
    },
  };
}

export const MINUTE_COLUMNS = 'start_ms, points, beyond_threshold, in_finding, opened, crc';

export function readMinute(db: DatabaseSync, row: Row): MinuteCounts {
  const counts = {
    points: numberOf(row, 'points'),
    beyondThreshold: numberOf(row, 'beyond_threshold'),
    inFinding: numberOf(row, 'in_finding'),
    opened: numberOf(row, 'opened'),
  };
  const startMs = numberOf(row, 'start_ms');
  checkCrc(db, `the counts of minute ${startMs}`, row, minuteValues(startMs, counts)[5]);
  return counts;
}

function minuteValues(startMs: number, counts: MinuteCounts): [number, number, number, number, number, number] {
  const { points, beyondThreshold, inFinding, opened } = counts;
  return [
    startMs,
    points,
    beyondThreshold,
    inFinding,
    opened,
    rowCrc([startMs, points, beyondThreshold, inFinding, opened]),
  ];
}

function add(a: MinuteCounts | undefined, b: MinuteCounts): MinuteCounts {
  if (a === undefined) return b;
  return {
    points: a.points + b.points,
    beyondThreshold: a.beyondThreshold + b.beyondThreshold,
    inFinding: a.inFinding + b.inFinding,
    opened: a.opened + b.opened,
  };
}

/** A missing point and one that is still warming up have no score: they are stored and not counted. */
function bitsOf(scores: Pick<ScoreBlock, 'scores' | 'flags'>, row: number): number {
  const flags = scores.flags[row] ?? 0;
  return (
    (Number.isNaN(scores.scores[row] ?? Number.NaN) ? 0 : SCORED) |
    ((flags & FLAG.beyondThreshold) === 0 ? 0 : BEYOND) |
    ((flags & FLAG.findingOpen) === 0 ? 0 : IN_FINDING)
  );
}

/** track → time → bits of what is stored in the time that the block's rows of these tracks span. */
function storedBits(
  reader: ScoreReader,
  scores: ScoreBlock,
  ids: Uint32Array,
  tracks: ReadonlySet<number>,
): Map<number, Map<number, number>> {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  ids.forEach((id, row) => {
    if (!tracks.has(id)) return;
    fromMs = Math.min(fromMs, scores.timesMs[row] ?? 0);
    toMs = Math.max(toMs, scores.timesMs[row] ?? 0);
  });
  const stored = reader.read([...tracks], { fromMs, toMs: toMs + 1 });
  return new Map(
    Array.from(stored, ([id, points]) => [
      id,
      new Map(Array.from(points.timesMs, (timeMs, row) => [timeMs, bitsOf(points, row)])),
    ]),
  );
}
