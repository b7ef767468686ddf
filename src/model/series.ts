// A series is what a metric with one set of labels measured over time. Samples keep their own times, because a scrape
// is never on the dot and a recording has gaps; `stepMs` is the nominal distance between two samples.

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly stepMs: number;
  /** Epoch milliseconds UTC, strictly increasing; as long as `values`. */
  readonly timesMs: Float64Array;
  /** NaN is missing. */
  readonly values: Float64Array;
}

/** What is known of a series beside its samples; `id` is only valid within one stream of signals. */
export interface SeriesInfo {
  readonly id: number;
  readonly labels: Labels;
  readonly stepMs: number;
}

/** The metric's name: the label `__name__`, or '' when there is none. */
export function metricNameOf(labels: Labels): string {
  return labels.__name__ ?? '';
}

/**
 * The service of a pod as the cluster knows it. Of two underscores Prometheus makes no label of a series: such a label is
 * said about it, may come and go as services do, and is no part of which series it is.
 */
export const SERVICE_LABEL = '__service';

/**
 * A series' canonical key, as Prometheus prints it: `name{a="x",b="y"}`, labels in code-unit order. Two series have the
 * same key exactly when they have the same labels, apart from what is said about them.
 */
export function seriesKey(labels: Labels): string {
  const names = Object.keys(labels)
    .filter((name) => !name.startsWith('__'))
    .sort();
  const pairs = names.map((name) => `${name}=${JSON.stringify(labels[name])}`);
  const metric = metricNameOf(labels);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`;
}

const PERCENTILE = /_p\d{2,3}(?=_|$)/;
/** Labels that tell apart near copies of one thing: another percentile, another end of the same call. */
const COPY_LABELS = ['quantile', 'reporter'];

/**
 * The key of the family a series belongs to: its near copies (P90, P95 and P99 of one latency; a call seen from its
 * caller and from its callee) share it, so that they make one finding and live in one partition.
 */
export function familyKey(labels: Labels): string {
  return seriesKey(familyLabels(labels));
}

/** The labels that its near copies share; the very same where a series is a family of its own. */
export function familyLabels(labels: Labels): Labels {
  const family = familyName(labels);
  if (family === labels.__name__ && !COPY_LABELS.some((copy) => Object.hasOwn(labels, copy))) return labels;
  const kept: Record<string, string> = { __name__: family };
  for (const [name, value] of Object.entries(labels)) {
    if (name !== '__name__' && !COPY_LABELS.includes(name)) kept[name] = value;
  }
  return kept;
}

/** The metric's name without its percentile: `pod_server_latency_p90_seconds` → `pod_server_latency_seconds`. */
export function familyName(labels: Labels): string {
  return metricNameOf(labels).replace(PERCENTILE, '');
}

/** Whether every label of `selector` is on the series with the same value. An empty selector matches everything. */
export function matchesLabels(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
