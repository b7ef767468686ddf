// Which series a scored track becomes in a store of metrics:
//   tidewatch_score      sigmas, with sign
//   tidewatch_expected   the value that was expected, in the metric's unit
//   tidewatch_lower, tidewatch_upper   the band around it
// Each carries the labels of the series that was scored, `metric` with its name, and `detector`. A label that has one of
// these names already becomes `exported_…`, as in Prometheus' own scrapes. Findings are in finding-series.ts.
import { type Labels, SERVICE_LABEL } from '#model/series.ts';

/** Names and values in the order of their names, `__name__` among them. */
export type LabelPairs = readonly (readonly [name: string, value: string])[];

/** Columns of a block that are written, and as what. */
export const WRITTEN = {
  scores: 'tidewatch_score',
  expected: 'tidewatch_expected',
  lower: 'tidewatch_lower',
  upper: 'tidewatch_upper',
} as const;

export type WrittenFigure = keyof typeof WRITTEN;
export type SeriesOfTrack = Readonly<Record<WrittenFigure, LabelPairs>>;

/** In the order of their names. To a store of metrics an empty label is none. */
export function labelPairs(labels: Labels): LabelPairs {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

/** The series of a detector's track, by figure. */
export function seriesOfTrack(detector: string, labels: Labels): SeriesOfTrack {
  const { __name__: metric = '', [SERVICE_LABEL]: service, ...own } = labels;
  const others = service === undefined ? own : { service, ...own };
  const named = new Map([
    ['detector', detector],
    ['metric', metric],
  ]);
  for (const [name, value] of Object.entries(others)) {
    let free = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=[0-9])/, '_');
    while (named.has(free)) free = `exported_${free}`;
    named.set(free, value);
  }
  const series = (name: string) => labelPairs({ __name__: name, ...Object.fromEntries(named) });
  return {
    scores: series(WRITTEN.scores),
    expected: series(WRITTEN.expected),
    lower: series(WRITTEN.lower),
    upper: series(WRITTEN.upper),
  };
}
