// The range of time that a page's charts share: a length back from now, counted in recorded time, or two moments that
// were chosen by dragging. It lives in the query of the address.
import { recordedBack, type Span } from './time-scale.ts';

export const RANGES = ['30m', '2h', '6h', 'all'] as const;
export type RangeName = (typeof RANGES)[number];

export type ChartRange =
  | { readonly kind: 'back'; readonly name: RangeName }
  | { readonly kind: 'chosen'; readonly fromMs: number; readonly toMs: number };

const HOUR = 3_600_000;
const LENGTHS: Readonly<Record<RangeName, number>> = { '30m': HOUR / 2, '2h': 2 * HOUR, '6h': 6 * HOUR, all: Infinity };

/** What the query says; nonsense in it is the usual range. */
export function readRange(query: URLSearchParams, usual: ChartRange): ChartRange {
  const [fromMs, toMs] = [Number(query.get('from') || Number.NaN), Number(query.get('to') || Number.NaN)];
  if (fromMs < toMs) return { kind: 'chosen', fromMs, toMs };
  const name = RANGES.find((range) => range === query.get('range'));
  return name === undefined ? usual : { kind: 'back', name };
}

export function rangeQuery(range: ChartRange | undefined): Readonly<Record<string, string | undefined>> {
  if (range === undefined) return { range: undefined, from: undefined, to: undefined };
  if (range.kind === 'back') return { range: range.name, from: undefined, to: undefined };
  return { range: undefined, from: String(Math.round(range.fromMs)), to: String(Math.round(range.toMs)) };
}

export function boundsOf(range: ChartRange, nowMs: number, segments: readonly Span[]): Span {
  if (range.kind === 'chosen') return { fromMs: range.fromMs, toMs: range.toMs };
  const lengthMs = LENGTHS[range.name];
  const beginMs = Math.min(nowMs, ...segments.map((segment) => segment.fromMs));
  return { fromMs: lengthMs === Infinity ? beginMs : recordedBack(segments, nowMs, lengthMs), toMs: nowMs };
}

/** Names the range within a key: a range back from now keeps its name while now moves on. */
export function rangeKey(range: ChartRange): string {
  return range.kind === 'back' ? range.name : `${range.fromMs}-${range.toMs}`;
}
