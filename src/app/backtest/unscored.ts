// Series of which no point was scored: too short to warm up, or without a value. Their detector is quiet for the wrong reason.
import type { Track } from '#model/score.ts';
import type { FirstScores } from './first-scores.ts';

/** Of one detector. */
export interface UnscoredRow {
  readonly detector: string;
  readonly series: number;
  /** Of these, those without a score. */
  readonly seriesUnscored: number;
  /** Values, not counting missing ones, of the one of those that has most. */
  readonly mostValues: number;
}

/** A row of each detector that has such series, by name; empty when all were scored. */
export function unscoredRows(tracks: Iterable<Track>, firsts: Pick<FirstScores, 'timesMs' | 'values'>): UnscoredRow[] {
  const watched = [...tracks].filter(({ detector }) => detector !== '');
  return [...Map.groupBy(watched, ({ detector }) => detector)]
    .map(([detector, own]) => {
      const unscored = own.filter(({ key }) => !firsts.timesMs.has(key));
      const mostValues = unscored.reduce((most, { key }) => Math.max(most, firsts.values.get(key) ?? 0), 0);
      return { detector, series: own.length, seriesUnscored: unscored.length, mostValues };
    })
    .filter(({ seriesUnscored }) => seriesUnscored > 0)
    .sort((a, b) => (a.detector < b.detector ? -1 : 1));
}

/** More of the series than this, and what was quiet is not known to be quiet. */
const MOST_UNSCORED = 0.5;

/** `all`: nothing was judged; `most`: of more than half of the series nothing was. */
export function lackOfScores({ series, seriesUnscored }: UnscoredRow): 'all' | 'most' | undefined {
  if (seriesUnscored === series) return 'all';
  return seriesUnscored > series * MOST_UNSCORED ? 'most' : undefined;
}

/** A sentence without its detector. */
export function unscoredText(row: UnscoredRow): string {
  const { series, seriesUnscored, mostValues } = row;
  const most = `${mostValues.toLocaleString('en')} ${mostValues === 1 ? 'value' : 'values'}`;
  const why = mostValues === 0 ? 'there was no value' : `${most} at most, too few to score by`;
  return lackOfScores(row) === 'all'
    ? `nothing was judged: no point of its ${series} series was scored (${why})`
    : `${seriesUnscored} of its ${series} series were not judged: none of their points was scored (${why})`;
}

/** A line of each detector that lacks most, and one of all others together; empty when everything was scored. */
export function unscoredLines(rows: readonly UnscoredRow[]): readonly string[] {
  const lines = rows.filter((row) => lackOfScores(row)).map((row) => `${row.detector}: ${unscoredText(row)}`);
  const rest = rows.filter((row) => lackOfScores(row) === undefined);
  if (rest.length === 0) return lines;
  const sum = (of: (row: UnscoredRow) => number) => rest.reduce((total, row) => total + of(row), 0);
  const [unscored, series] = [sum((row) => row.seriesUnscored), sum((row) => row.series)];
  const of = rest.length === 1 ? (rest[0]?.detector ?? '') : `${rest.length} detectors`;
  return [...lines, `${of}: ${unscored} of ${series} series had too few values to be judged`];
}
