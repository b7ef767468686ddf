// Steps series that are known, sample by sample: for those whose samples come in a stream, and for those whose scores come
// from elsewhere. What it gives for a series follows from the order of its family's samples alone.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { EngineCounters, StepOutput } from './contract.ts';
import type { Watched } from './directory.ts';
import { type Changes, dropSilent, type Group } from './episode.ts';
import { isMeasured } from './measured.ts';
import { createRows, finishRows, type Rows, writeRow } from './rows.ts';
import { stepWatch } from './step-watch.ts';
import { beginAnew } from './watch.ts';

/** What stepping one block gives, on its way. */
export interface Pass {
  readonly rows: Rows;
  readonly newTracks: { readonly track: number; readonly info: Track }[];
  readonly changes: Changes;
}

export interface Stepping {
  /** Begins a block that gives so many rows at most. */
  begin(mostRows: number): Pass;
  step(pass: Pass, series: Watched, timeMs: number, seenMs: number, value: number): void;
  finish(pass: Pass): StepOutput;
  advance(seenMs: number): readonly Finding[];
  readonly counts: { -readonly [name in keyof EngineCounters]: number };
}

/** `open`: the groups that have an open episode. */
export function createStepping(open: Iterable<Group>): Stepping {
  const counts = { samples: 0, rows: 0, missing: 0, outOfOrder: 0, unknownSeries: 0, unwatched: 0 };
  let tracks = 0;

  /** Whether the sample is to be stepped; counted when it is not. */
  function admits(series: Watched, timeMs: number): boolean {
    if (!(timeMs > series.lastMs)) {
      counts.outOfOrder++;
      return false;
    }
    if (timeMs - series.lastMs > series.forgetMs) for (const watch of series.watches) beginAnew(watch);
    series.lastMs = timeMs;
    counts.samples++;
    if (series.watches.length === 0) counts.unwatched++;
    return true;
  }

  return {
    counts,
    begin: (mostRows) => ({ rows: createRows(mostRows), newTracks: [], changes: new Map() }),
    step({ rows, newTracks, changes }, series, timeMs, seenMs, value) {
      if (!admits(series, timeMs)) return;
      if (!isMeasured(value)) counts.missing += series.watches.length;
      for (const watch of series.watches) {
        if (watch.track < 0) {
          watch.track = tracks++;
          newTracks.push({ track: watch.track, info: watch.info });
        }
        if (watch.twin === undefined) stepWatch(watch, timeMs, seenMs, value, changes);
        const { score, flags } = watch.twin ?? watch;
        writeRow(rows, watch.track, timeMs, seenMs, value, score, flags);
      }
    },
    finish({ rows, newTracks, changes }) {
      counts.rows += rows.count;
      return { scores: finishRows(rows), newTracks, findings: [...changes.values()] };
    },
    advance(seenMs) {
      const changes: Changes = new Map();
      // Not over every group: this is told at every tick, and of many thousands of families few are open.
      for (const group of open) dropSilent(group, seenMs, changes);
      return [...changes.values()];
    },
  };
}
