// Steps series that are known, sample by sample: for those whose samples come in a stream, and for those whose scores come
// from elsewhere. What it gives for a series follows from the order of its family's samples alone.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { EngineCounters, StepOutput } from '../contract.ts';
import { isMeasured } from '../measured.ts';
import type { Directory } from './directory.ts';
import { type Changes, dropSilent } from './episode.ts';
import type { Cohort, Lens } from './lens.ts';
import { createRows, finishRows, type Rows, writeRow } from './rows.ts';
import { clearRun } from './run.ts';
import { type Sample, stepWatch } from './step-watch.ts';

/** What stepping one block gives, on its way. */
export interface Pass {
  readonly rows: Rows;
  readonly newTracks: { readonly track: number; readonly info: Track }[];
  readonly changes: Changes;
}

/** What lies beneath a series as a lens sees it, at a time; NaN where that is not known. */
export type Beneath = (lens: Lens, timeMs: number) => number;

export interface Stepping {
  /** Begins a block that gives so many rows at most. */
  begin(mostRows: number): Pass;
  step(pass: Pass, series: number, timeMs: number, seenMs: number, value: number, beneath?: Beneath): void;
  finish(pass: Pass): StepOutput;
  advance(seenMs: number): readonly Finding[];
  readonly counts: { -readonly [name in keyof EngineCounters]: number };
}

export function createStepping(directory: Directory): Stepping {
  const { columns, groups, awake } = directory;
  const counts = { samples: 0, rows: 0, missing: 0, outOfOrder: 0, unknownSeries: 0, unwatched: 0 };
  const sample: Sample = { timeMs: Number.NaN, seenMs: Number.NaN, value: Number.NaN, denominator: Number.NaN };
  let tracks = 0;

  /** Whether the sample is to be stepped; counted when it is not. */
  function admits(series: number, { lenses, forgetMs }: Cohort, timeMs: number): boolean {
    const lastMs = columns.lastMs[series] as number;
    if (!(timeMs > lastMs)) {
      counts.outOfOrder++;
      return false;
    }
    if (timeMs - lastMs > forgetMs) beginAnew(series, lenses);
    columns.lastMs[series] = timeMs;
    counts.samples++;
    if (lenses.length === 0) counts.unwatched++;
    return true;
  }

  /** Forgets what was seen, as if the series came for the first time. An open episode it does not leave: silence sees to that. */
  function beginAnew(series: number, lenses: Cohort['lenses']): void {
    const from = columns.placesOf(series);
    for (const [index, { cold, twin }] of lenses.entries()) {
      const watch = awake.get(from + index);
      if (watch !== undefined) clearRun(watch.run);
      if (twin === undefined) columns.states[from + index]?.set(cold);
    }
  }

  /** The number of its rows; told when it is new. */
  function trackAt(
    place: number,
    series: number,
    lens: Cohort['lenses'][number],
    newTracks: Pass['newTracks'],
  ): number {
    const known = columns.tracks[place] as number;
    if (known >= 0) return known;
    const track = tracks++;
    columns.tracks[place] = track;
    newTracks.push({ track, info: directory.trackOf(series, lens) });
    return track;
  }

  return {
    counts,
    begin: (mostRows) => ({ rows: createRows(mostRows), newTracks: [], changes: new Map() }),
    step({ rows, newTracks, changes }, series, timeMs, seenMs, value, beneath) {
      const cohort = columns.cohortOf(series);
      if (!admits(series, cohort, timeMs)) return;
      const { lenses } = cohort;
      if (!isMeasured(value)) counts.missing += lenses.length;
      sample.timeMs = timeMs;
      sample.seenMs = seenMs;
      sample.value = value;
      const from = columns.placesOf(series);
      for (let index = 0; index < lenses.length; index++) {
        const lens = lenses[index] as Lens;
        const track = trackAt(from + index, series, lens, newTracks);
        if (lens.twin === undefined) {
          sample.denominator = beneath === undefined ? Number.NaN : beneath(lens, timeMs);
          stepWatch(directory, series, lens, from + index, sample, changes);
        }
        const { score, flags } = lens.twin ?? lens;
        writeRow(rows, track, timeMs, seenMs, value, score, flags);
      }
    },
    finish({ rows, newTracks, changes }) {
      counts.rows += rows.count;
      return { scores: finishRows(rows), newTracks, findings: [...changes.values()] };
    },
    advance(seenMs) {
      const changes: Changes = new Map();
      // Not over every group: this is told at every tick, and of many thousands of families few are open.
      for (const group of groups.open) dropSilent(group, seenMs, changes);
      return [...changes.values()];
    },
  };
}
