// A range in pieces that a Prometheus answers (it refuses more than 11,000 points a series), and their answers as one.
import { AppError } from '#kit/errors.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import type { FetchedSeries, RangeQuery } from './contract.ts';

export const MOST_POINTS = 11_000;

/** Pieces of at most 11,000 points each; every step of the range is in exactly one. Throws for a range that is none. */
export function splitRange(query: RangeQuery, mostPoints: number = MOST_POINTS): RangeQuery[] {
  const { startMs, endMs, stepMs } = query;
  if (![startMs, endMs, stepMs].every(Number.isSafeInteger) || stepMs <= 0 || endMs < startMs) {
    throw new AppError(
      'bad-input',
      `a range from ${startMs} to ${endMs} in steps of ${stepMs} ms cannot be asked for: whole milliseconds are needed, ` +
        'in order, and a step above zero',
    );
  }
  const points = Math.floor((endMs - startMs) / stepMs) + 1;
  const pieces: RangeQuery[] = [];
  for (let from = 0; from < points; from += mostPoints) {
    const last = Math.min(from + mostPoints, points) - 1;
    pieces.push({ ...query, startMs: startMs + from * stepMs, endMs: startMs + last * stepMs });
  }
  return pieces;
}

/** The pieces' series, in the order in which each was first seen; each without what lies outside of its piece. */
export function joinPieces(
  pieces: readonly RangeQuery[],
  answers: readonly (readonly FetchedSeries[])[],
): FetchedSeries[] {
  const [only, ...others] = pieces;
  if (only !== undefined && others.length === 0) {
    // Nothing to join: an answer names no series twice.
    return (answers[0] ?? []).map((series) => within(series, only)).filter(({ timesMs }) => timesMs.length > 0);
  }
  const joined = new Map<string, { readonly labels: Labels; readonly parts: FetchedSeries[] }>();
  for (const [index, piece] of pieces.entries()) {
    for (const series of answers[index] ?? []) {
      const part = within(series, piece);
      if (part.timesMs.length === 0) continue;
      const key = seriesKey(series.labels);
      const known = joined.get(key);
      if (known === undefined) joined.set(key, { labels: series.labels, parts: [part] });
      else known.parts.push(part);
    }
  }
  return [...joined.values()].map(({ labels, parts }) => ({
    labels,
    timesMs: concat(parts.map(({ timesMs }) => timesMs)),
    values: concat(parts.map(({ values }) => values)),
  }));
}

/** Some servers round a range outwards. */
function within(series: FetchedSeries, { startMs, endMs }: RangeQuery): FetchedSeries {
  const { labels, timesMs, values } = series;
  let from = 0;
  let to = timesMs.length;
  while (from < to && (timesMs[from] as number) < startMs) from++;
  while (to > from && (timesMs[to - 1] as number) > endMs) to--;
  if (from === 0 && to === timesMs.length) return series;
  return { labels, timesMs: timesMs.slice(from, to), values: values.slice(from, to) };
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
