// Series by what a stream calls them. Several ids may name one series: it goes when the last of them does.
import type { SeriesInfo } from '#model/series.ts';
import type { Directory } from './directory.ts';

export interface StreamIds {
  /** The number of the series. */
  readonly byId: ReadonlyMap<number, number>;
  addSeries(series: readonly SeriesInfo[]): void;
  /** As of an engine. */
  removeSeries(ids: readonly number[]): readonly number[];
}

export function createStreamIds({ columns, know, release }: Directory): StreamIds {
  const byId = new Map<number, number>();
  /** Those that no id names any more, until their families' episodes are over. */
  const leaving = new Set<number>();

  function addSeries(series: readonly SeriesInfo[]): void {
    for (const { id, labels, stepMs } of series) {
      const known = know(labels, stepMs);
      leaving.delete(known);
      if (byId.get(id) === known) continue;
      byId.set(id, known);
      columns.countId(known, 1);
    }
  }

  function removeSeries(ids: readonly number[]): number[] {
    for (const id of ids) {
      const known = byId.get(id);
      if (known !== undefined && columns.countId(known, -1) === 0) leaving.add(known);
      byId.delete(id);
    }
    const gone: number[] = [];
    for (const series of leaving) {
      const tracks = columns.tracksOf(series);
      if (!release(series)) continue;
      leaving.delete(series);
      for (const track of tracks) if (track >= 0) gone.push(track);
    }
    return gone;
  }

  return { byId, addSeries, removeSeries };
}
