// Reads tracks as they were known at a moment: their newest point, and whether the metric was ever measured at all.

import { zeroIsMeasured } from '#model/metric-kinds.ts';
import type { Track } from '#model/score.ts';
import { metricNameOf } from '#model/series.ts';
import type { Store, TrackScores } from '#store/contract.ts';
import type { SeriesSummary } from './contract.ts';
import { figure } from './figures.ts';

/** A point older than this is not what there is now. */
const FRESH_MS = 30 * 60_000;
/** … or than so many steps, where steps are long. */
const FRESH_STEPS = 3;

export type Latest = NonNullable<SeriesSummary['latest']>;

export interface TrackReader {
  /** The newest point that is at most half an hour old, by track. */
  latest(tracks: readonly Track[], nowMs: number): Promise<ReadonlyMap<string, Latest>>;
  /**
   * The score of greatest size among the newest of each track, with its sign: 0 where none of them counts, by its flags;
   * undefined where there is none yet.
   */
  worst(tracks: readonly Track[], nowMs: number, counts?: (flags: number) => boolean): Promise<number | undefined>;
  /** Keys of the tracks that had been measured by `nowMs`. Each point is looked at once in the life of the process. */
  measured(tracks: readonly Track[], nowMs: number): Promise<ReadonlySet<string>>;
}

/** `shownFromMs`: nothing before it is shown, so a store that keeps weeks is not read through for it. */
export function createTrackReader(store: Store, shownFromMs: () => number): TrackReader {
  /** Of each track: up to where it was looked at, and when it was first measured. */
  const looked = new Map<string, { toMs: number; firstMs: number }>();
  return {
    async latest(tracks, nowMs) {
      const range = { fromMs: nowMs - FRESH_MS, toMs: nowMs + 1 };
      const read = await store.scores(keysOf(tracks), range);
      return new Map(
        read.flatMap((scores) => {
          const point = newest(scores, nowMs);
          return point === undefined ? [] : [[scores.track.key, point] as const];
        }),
      );
    },
    async worst(tracks, nowMs, counts = () => true) {
      const longestMs = tracks.reduce((most, { stepMs }) => Math.max(most, stepMs), 0);
      const range = { fromMs: nowMs - Math.max(FRESH_MS, FRESH_STEPS * longestMs), toMs: nowMs + 1 };
      const newest = (await store.scores(keysOf(tracks), range)).flatMap(({ scores, flags }) => {
        const row = scores.findLastIndex((score) => Number.isFinite(score));
        const score = scores[row];
        if (score === undefined) return [];
        return counts(flags[row] ?? 0) ? score : 0;
      });
      return newest.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0];
    },
    async measured(tracks, nowMs) {
      const open = tracks.filter(({ key }) => {
        const known = looked.get(key);
        return known === undefined || (known.firstMs === Number.POSITIVE_INFINITY && known.toMs < nowMs);
      });
      if (open.length > 0) {
        const fromMs = open.reduce((least, { key }) => Math.min(least, looked.get(key)?.toMs ?? shownFromMs()), nowMs);
        const read = await store.scores(keysOf(open), { fromMs, toMs: nowMs + 1 });
        const firsts = new Map(read.map((scores) => [scores.track.key, firstMeasured(scores)]));
        for (const { key } of open)
          looked.set(key, { toMs: nowMs, firstMs: firsts.get(key) ?? Number.POSITIVE_INFINITY });
      }
      return new Set(keysOf(tracks).filter((key) => (looked.get(key)?.firstMs ?? Number.POSITIVE_INFINITY) <= nowMs));
    },
  };
}

function keysOf(tracks: readonly Track[]): string[] {
  return tracks.map(({ key }) => key);
}

function newest(scores: TrackScores, nowMs: number): Latest | undefined {
  for (let index = scores.timesMs.length - 1; index >= 0; index--) {
    const timeMs = scores.timesMs[index] ?? Number.NaN;
    if (timeMs > nowMs || !Number.isFinite(scores.values[index])) continue;
    const [value, score, expected] = [scores.values, scores.scores, scores.expected].map((column) =>
      figure(column[index]),
    );
    return { timeMs, value: value ?? null, score: score ?? null, expected: expected ?? null };
  }
  return undefined;
}

function firstMeasured({ track, timesMs, values }: TrackScores): number {
  const zeroCounts = zeroIsMeasured(metricNameOf(track.labels));
  const index = values.findIndex((value) => Number.isFinite(value) && (zeroCounts || value !== 0));
  return timesMs[index] ?? Number.POSITIVE_INFINITY;
}
