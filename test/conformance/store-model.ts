// What a store has to answer, as the plainest program that gives it: maps in memory. The suite compares a real one with it.
import type { Finding } from '#model/finding.ts';
import { FLAG, type Track } from '#model/score.ts';
import type { AppendBatch, Position, RollUp, TimeRange } from '#store/contract.ts';

/** Columns of a point, in the order of `COLUMNS`. */
export type ModelPoint = readonly number[];

export const COLUMNS = ['timesMs', 'values', 'scores', 'expected', 'lower', 'upper', 'flags'] as const;

export interface StoreModel {
  readonly position: Position | undefined;
  readonly count: number;
  append(batch: AppendBatch): 'stored' | 'duplicate';
  /** Rows by track key, ascending in time. */
  scores(range: TimeRange): Map<string, readonly ModelPoint[]>;
  rollUps(stepMs: number): RollUp[];
  findings(): Finding[];
  /** Removes points before the time; returns how many. */
  retainScores(beforeMs: number): number;
}

export function createStoreModel(): StoreModel {
  const keys = new Set<string>();
  const tracks = new Map<string, { track: Track; points: Map<number, ModelPoint> }>();
  const findings = new Map<string, Finding>();
  let position: Position | undefined;
  const all = () => [...tracks.values()].flatMap(({ points }) => [...points.values()]);

  return {
    get position() {
      return position;
    },
    get count() {
      return all().length;
    },
    append: (batch) => {
      if (keys.has(batch.key)) return 'duplicate';
      keys.add(batch.key);
      batch.tracks.forEach((track) => {
        if (!tracks.has(track.key)) tracks.set(track.key, { track, points: new Map() });
      });
      batch.scores.timesMs.forEach((timeMs, row) => {
        const point = COLUMNS.map((column) => batch.scores[column][row] ?? Number.NaN);
        tracks.get(batch.tracks[batch.scores.tracks[row] ?? 0]?.key ?? '')?.points.set(timeMs, point);
      });
      for (const finding of batch.findings) findings.set(finding.id, finding);
      const { seenMs, stream } = batch.position;
      position = { stream, seenMs: Math.max(seenMs, position?.seenMs ?? seenMs) };
      return 'stored';
    },
    scores: ({ fromMs, toMs }) =>
      new Map(
        Array.from(tracks, ([key, { points }]) => [
          key,
          [...points.values()]
            .filter(([timeMs = 0]) => timeMs >= fromMs && timeMs < toMs)
            .sort(([a = 0], [b = 0]) => a - b),
        ]),
      ),
    rollUps: (stepMs) => rollUpsOf(all(), [...findings.values()], stepMs),
    findings: () => [...findings.values()],
    retainScores: (beforeMs) => {
      let removed = 0;
      for (const { points } of tracks.values()) {
        for (const timeMs of [...points.keys()]) if (timeMs < beforeMs && points.delete(timeMs)) removed++;
      }
      return removed;
    },
  };
}

function rollUpsOf(points: readonly ModelPoint[], findings: readonly Finding[], stepMs: number): RollUp[] {
  const buckets = new Map<number, { points: number; beyondThreshold: number; inFinding: number; opened: number }>();
  const bucket = (timeMs: number) => {
    const startMs = Math.floor(timeMs / stepMs) * stepMs;
    const found = buckets.get(startMs) ?? { points: 0, beyondThreshold: 0, inFinding: 0, opened: 0 };
    buckets.set(startMs, found);
    return found;
  };
  for (const [timeMs = 0, , score = Number.NaN, , , , flags = 0] of points) {
    const counts = bucket(timeMs);
    if (!Number.isNaN(score)) counts.points++;
    if ((flags & FLAG.beyondThreshold) !== 0) counts.beyondThreshold++;
    if ((flags & FLAG.findingOpen) !== 0) counts.inFinding++;
  }
  for (const finding of findings) bucket(finding.confirmedMs).opened++;
  return [...buckets]
    .filter(([, counts]) => Object.values(counts).some((value) => value > 0))
    .sort(([a], [b]) => a - b)
    .map(([startMs, counts]) => ({ startMs, ...counts }));
}
