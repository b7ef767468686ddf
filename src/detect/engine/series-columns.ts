// What an engine holds of each series, as columns: by the number of the series its cohort and a few whole numbers, by place
// the state and the number in the output. A series has a place for each lens of its cohort, one beside the other.
import { roomFor, roomIn } from './column.ts';
import type { Cohort } from './lens.ts';
import { createStates, STATELESS } from './states.ts';
import { createStretches } from './stretches.ts';

export interface SeriesColumns {
  /** By series: the time of its newest sample, missing or not. */
  lastMs: Float64Array;
  /** By place: the state of the scorer; empty where the lens repeats another. */
  readonly states: Float64Array[];
  /** By place: the number in the output; −1 until the first row. */
  tracks: Int32Array;
  isKnown(series: number): boolean;
  known(): Iterable<number>;
  add(series: number, cohort: Cohort, family: number, said: number): void;
  remove(series: number): void;
  cohortOf(series: number): Cohort;
  familyOf(series: number): number;
  saidOf(series: number): number;
  /** The first of its places. */
  placesOf(series: number): number;
  tracksOf(series: number): readonly number[];
  /** Counts the ids that name it, and returns how many that are now. */
  countId(series: number, change: 1 | -1): number;
}

/** Whole numbers of each series. */
const RECORD = { family: 0, said: 1, places: 2, ids: 3 } as const;
const SIZE = 4;

export function createSeriesColumns(): SeriesColumns {
  const cohorts: (Cohort | undefined)[] = [];
  const pool = createStates();
  const places = createStretches();
  const states: Float64Array[] = [];
  let records = new Int32Array(0);
  let tracks = new Int32Array(0);

  const read = (series: number, field: number) => records[series * SIZE + field] as number;
  const cohortOf = (series: number): Cohort => {
    const cohort = cohorts[series];
    if (cohort === undefined) throw new RangeError('unreachable: only what is known is asked for');
    return cohort;
  };

  function add(series: number, cohort: Cohort, family: number, said: number): void {
    while (cohorts.length <= series) cohorts.push(undefined);
    records = roomIn(records, cohorts.length * SIZE);
    columns.lastMs = roomInTimes(columns.lastMs, cohorts.length);
    const from = places.take(cohort.lenses.length);
    tracks = roomIn(tracks, places.end);
    columns.tracks = tracks;
    cohorts[series] = cohort;
    columns.lastMs[series] = Number.NEGATIVE_INFINITY;
    records.set([family, said, from, 0], series * SIZE);
    cohort.lenses.forEach(({ twin, cold }, index) => {
      states[from + index] = twin === undefined ? pool.take(cold) : STATELESS;
      tracks[from + index] = -1;
    });
  }

  function remove(series: number): void {
    const { lenses } = cohortOf(series);
    const from = read(series, RECORD.places);
    for (let place = from; place < from + lenses.length; place++) {
      pool.give(states[place] as Float64Array);
      states[place] = STATELESS;
    }
    places.give(from, lenses.length);
    cohorts[series] = undefined;
  }

  const columns: SeriesColumns = {
    lastMs: new Float64Array(0),
    states,
    tracks,
    isKnown: (series) => cohorts[series] !== undefined,
    *known() {
      for (let series = 0; series < cohorts.length; series++) if (cohorts[series] !== undefined) yield series;
    },
    ...{ add, remove, cohortOf },
    familyOf: (series) => read(series, RECORD.family),
    saidOf: (series) => read(series, RECORD.said),
    placesOf: (series) => read(series, RECORD.places),
    tracksOf(series) {
      const from = read(series, RECORD.places);
      return Array.from(tracks.subarray(from, from + cohortOf(series).lenses.length));
    },
    countId(series, change) {
      const ids = read(series, RECORD.ids) + change;
      records[series * SIZE + RECORD.ids] = ids;
      return ids;
    },
  };
  return columns;
}

function roomInTimes(column: Float64Array, places: number): Float64Array {
  if (places <= column.length) return column;
  const grown = new Float64Array(roomFor(column.length, places));
  grown.set(column);
  return grown;
}
