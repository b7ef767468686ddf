// What waits in the outbox, as samples in batches of one request each: by time, so that a series is written in its order.
import type { Track } from '#model/score.ts';
import type { Unsent } from '../contract.ts';
import { findingSamples } from './finding-series.ts';
import { type LabelPairs, type SeriesOfTrack, seriesOfTrack, WRITTEN, type WrittenFigure } from './score-series.ts';

export interface Batch {
  readonly series: readonly LabelPairs[];
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface Sample {
  readonly series: LabelPairs;
  readonly timeMs: number;
  readonly value: number;
}

const FIGURES = Object.keys(WRITTEN) as WrittenFigure[];

/** Figures that are missing (a band where there is none) are no samples. */
export function samplesOf({ tracks, scores, findings }: Unsent): Sample[] {
  const known = new Map<number, SeriesOfTrack>();
  const samples: Sample[] = [];
  for (const [row, number] of scores.tracks.entries()) {
    const track: Track | undefined = tracks[number];
    if (track === undefined) continue;
    const series = known.get(number) ?? seriesOfTrack(track.detector, track.labels);
    known.set(number, series);
    const timeMs = scores.timesMs[row] ?? 0;
    for (const figure of FIGURES) {
      const value = scores[figure][row] ?? Number.NaN;
      if (!Number.isNaN(value)) samples.push({ series: series[figure], timeMs, value });
    }
  }
  for (const finding of findings) samples.push(...findingSamples(finding));
  return samples.sort((a, b) => a.timeMs - b.timeMs);
}

export function batchOf(samples: readonly Sample[]): Batch {
  return {
    series: samples.map(({ series }) => series),
    timesMs: samples.map(({ timeMs }) => timeMs),
    values: samples.map(({ value }) => value),
  };
}

/** When production could have known the oldest of it; undefined where there is nothing. */
export function seenOf({ scores, findings }: Unsent): number | undefined {
  const first = [...scores.seenMs, ...findings.map(({ seenMs }) => seenMs)].reduce(
    (least, seenMs) => Math.min(least, seenMs),
    Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(first) ? first : undefined;
}
