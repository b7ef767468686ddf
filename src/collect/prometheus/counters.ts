// What counts up, from what `/api/v1/metadata` says of types.
import { AppError } from '#kit/errors.ts';
import { parseJson } from './answer-text.ts';

/** Names of series as they are queried, and whether they count up; what has no known type is left out. */
export function countersIn(text: string, address: string): ReadonlyMap<string, boolean> {
  const body = parseJson(text);
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  if (typeof data !== 'object' || data === null) {
    throw new AppError('bad-input', `${address} answered with something that is no metadata: is this a Prometheus?`);
  }
  const counters = new Map<string, boolean>();
  for (const [name, entries] of Object.entries(data)) {
    const types = Array.isArray(entries) ? entries.map(typeOf) : [];
    // Targets may disagree; then nobody knows.
    if (types.length === 0 || types.some((type) => type !== types[0])) continue;
    for (const [series, isCounter] of seriesOf(name, types[0])) counters.set(series, isCounter);
  }
  return counters;
}

/** The series of a metric of this type: those of histograms and summaries count up as well. */
function seriesOf(name: string, type: unknown): readonly (readonly [series: string, isCounter: boolean])[] {
  const counting = (...series: readonly string[]) => series.map((one) => [one, true] as const);
  switch (type) {
    case 'counter':
      // OpenMetrics calls the family without the `_total` that its samples have.
      return name.endsWith('_total') ? counting(name) : counting(name, `${name}_total`);
    case 'histogram':
      return counting(`${name}_bucket`, `${name}_sum`, `${name}_count`);
    case 'summary':
      // Its quantiles go by the name itself.
      return [[name, false], ...counting(`${name}_sum`, `${name}_count`)];
    case 'gauge':
      return [[name, false]];
    default:
      return [];
  }
}

function typeOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : undefined;
}
