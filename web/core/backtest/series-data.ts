// A back-test's outcome as the chart draws it, and a history as the engine reads it. JSON and charts know null where the
// engine has NaN.
import type { SeriesData, TrackView } from '#api/rest/contract.ts';
import type { Span } from '../time-scale.ts';
import type { History, Outcome } from './run.ts';

export function historyOf({ labels }: TrackView, { timesMs, values, stepMs }: SeriesData): History {
  return {
    ...{ labels, stepMs },
    timesMs: Float64Array.from(timesMs),
    values: Float64Array.from(values, (value) => value ?? Number.NaN),
  };
}

/** `stored` with what the engine said in place of what the store says, on the values that it had. */
export function chartOf(stored: SeriesData, { points }: Outcome, threshold: number): SeriesData {
  return {
    ...{ ...stored, threshold, detector: 'backtest' },
    values: orNull(points.values),
    expected: orNull(points.expected),
    lower: orNull(points.lower),
    upper: orNull(points.upper),
    scores: orNull(points.scores),
    flags: Array.from(points.flags),
  };
}

function orNull(column: Float64Array): (number | null)[] {
  const out: (number | null)[] = new Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i] as number;
    out[i] = Number.isFinite(value) ? value : null;
  }
  return out;
}

/** A pause of this many steps, and of ten minutes at least, was not recorded and is folded away. */
const GAP_STEPS = 5;
const LEAST_GAP_MS = 600_000;

/** The stretches in which the series was measured. */
export function measuredSpans({ timesMs, stepMs }: Pick<SeriesData, 'timesMs' | 'stepMs'>): Span[] {
  const gapMs = Math.max(LEAST_GAP_MS, GAP_STEPS * stepMs);
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const ms of timesMs) {
    const last = spans.at(-1);
    if (last !== undefined && ms - last.toMs <= gapMs) last.toMs = ms;
    else spans.push({ fromMs: ms - stepMs, toMs: ms });
  }
  return spans;
}
