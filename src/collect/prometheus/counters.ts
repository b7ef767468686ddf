// Which metrics are counters, from what `/api/v1/metadata` says of types.
import { AppError } from '#kit/errors.ts';
import { parseJson } from './answer-text.ts';

/** Names of series as they are queried: those of histograms and summaries count up as well. */
export function countersIn(text: string, address: string): ReadonlySet<string> {
  const body = parseJson(text);
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  if (typeof data !== 'object' || data === null) {
    throw new AppError('bad-input', `${address} answered with something that is no metadata: is this a Prometheus?`);
  }
  const counters = new Set<string>();
  for (const [name, entries] of Object.entries(data)) {
    const types = Array.isArray(entries) ? entries.map(typeOf) : [];
    // Targets may disagree; then nobody knows.
    if (types.length === 0 || types.some((type) => type !== types[0])) continue;
    for (const counter of namesOf(name, types[0])) counters.add(counter);
  }
  return counters;
}

function namesOf(name: string, type: unknown): readonly string[] {
  // OpenMetrics calls the family without the `_total` that its samples have.
  if (type === 'counter') return name.endsWith('_total') ? [name] : [name, `${name}_total`];
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'summary' ? [`${name}_sum`, `${name}_count`] : [];
}

function typeOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : undefined;
}
