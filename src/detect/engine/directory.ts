// Who watches what: matches each series that becomes known to the plans, and holds what must be held of it, in columns. A
// series has a number, which is that of its name; for each lens of its cohort it has a place. Most series are normal most of
// the time, and then a place is a state and the number of its rows: what persistence and episodes look at is a watch, which
// is there from the first anomalous point until all is normal again.
import type { Plan } from '#model/plan.ts';
import type { Track } from '#model/score.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import { createGroups, type Groups } from './groups.ts';
import type { Cohort, Lens } from './lens.ts';
import type { Names } from './names.ts';
import { createRun } from './run.ts';
import { createSeriesColumns, type SeriesColumns } from './series-columns.ts';
import type { Watch } from './watch.ts';

export interface Directory {
  readonly columns: SeriesColumns;
  readonly groups: Groups;
  /** Those that are not simply normal, by place. */
  readonly awake: ReadonlyMap<number, Watch>;
  /** The number of the series, which becomes known now unless it is. `key`: its own, where it was worked out already. */
  know(labels: Labels, stepMs: number, key?: string): number;
  /** Lets it go unless its family has an open episode. */
  release(series: number): boolean;
  /** What its rows are called by. */
  trackOf(series: number, lens: Lens): Track;
  /** The watch at the place of this series and lens, which was asleep. */
  wake(series: number, lens: Lens, place: number): Watch;
  /** All is normal again, and its group has no episode. */
  sleep(place: number): void;
  /** Lets everything go, whatever is open. */
  close(): void;
}

export interface DirectoryOptions {
  readonly names: Names;
  readonly cohortOf: (labels: Labels, stepMs: number) => Cohort;
  /** Absent: by the labels that the names hold. */
  readonly trackOf?: (lens: Lens) => Track;
}

export function createDirectory({ names, cohortOf, trackOf }: DirectoryOptions): Directory {
  const columns = createSeriesColumns();
  const groups = createGroups();
  const awake = new Map<number, Watch>();

  function know(labels: Labels, stepMs: number, key?: string): number {
    const series = names.hold(labels, key);
    // A name is held once for its series, and once for each member where it is a family's.
    if (columns.isKnown(series)) names.drop(series);
    else columns.add(series, cohortOf(labels, stepMs), names.holdFamily(labels, series), names.holdSaid(labels));
    return series;
  }

  function track(series: number, lens: Lens): Track {
    if (trackOf !== undefined) return trackOf(lens);
    const labels = names.labelsOf(series, columns.saidOf(series));
    return trackBy(lens.plan, seriesKey(labels), labels, lens.stepMs);
  }

  function sleep(place: number): void {
    const watch = awake.get(place);
    if (watch === undefined) return;
    awake.delete(place);
    groups.leave(watch.group);
  }

  function forget(series: number): void {
    const from = columns.placesOf(series);
    for (const index of columns.cohortOf(series).lenses.keys()) sleep(from + index);
    names.drop(columns.familyOf(series));
    names.drop(columns.saidOf(series));
    columns.remove(series);
    names.drop(series);
  }

  function release(series: number): boolean {
    const family = columns.familyOf(series);
    const { lenses } = columns.cohortOf(series);
    if (lenses.some(({ settings }) => groups.find(family, settings)?.episode !== undefined)) return false;
    forget(series);
    return true;
  }

  function wake(series: number, lens: Lens, place: number): Watch {
    const group = groups.join(columns.familyOf(series), lens.settings);
    const watch = createWatch(lens, track(series, lens), columns.states[place] as Float64Array, group);
    awake.set(place, watch);
    return watch;
  }

  function close(): void {
    for (const series of columns.known()) forget(series);
  }

  return { columns, groups, awake, know, release, trackOf: track, wake, sleep, close };
}

/** What the rows and findings of a series are called by, as this plan watches it. */
export function trackBy({ detector, threshold }: Plan, series: string, labels: Labels, stepMs: number): Track {
  const key = `${detector}|${series}`;
  // A part of the key, so that who holds a track holds those hundreds of letters once.
  return { key, detector, series: key.slice(detector.length + 1), labels, stepMs, threshold };
}

function createWatch(lens: Lens, info: Track, state: Float64Array, group: Watch['group']): Watch {
  return {
    ...{ lens, info, state, group },
    run: createRun(lens.plan.guards.persistence.of),
    lastMs: Number.NaN,
    lastSeenMs: Number.NaN,
  };
}
