// The course of each track, in as few points as a picture shows: of the rows in one column of it the lowest and the highest
// value, and the widest band, so that no peak is lost. It costs the same memory however long the history is.
import type { Track } from '#model/score.ts';
import type { TickOutput } from '#pipeline/records.ts';
import { eachRow } from '../play.ts';

export const COLUMNS = 560;
/** More tracks than this are not drawn; each takes 9 kB. */
const MOST_TRACKS = 4000;

export interface Trace {
  readonly track: Track;
  /** COLUMNS long; NaN where nothing was measured. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

export interface Traces {
  look(tick: TickOutput): void;
  readonly all: ReadonlyMap<string, Trace>;
}

/** Of all tracks, or of these keys. */
export function createTraces(
  span: { readonly fromMs: number; readonly toMs: number },
  keys?: ReadonlySet<string>,
): Traces {
  const all = new Map<string, Trace>();
  const columnMs = Math.max(1, span.toMs - span.fromMs) / COLUMNS;
  const traceOf = (track: Track): Trace | undefined => {
    const known = all.get(track.key);
    if (known !== undefined || all.size >= MOST_TRACKS || keys?.has(track.key) === false) return known;
    const empty = () => new Float32Array(COLUMNS).fill(Number.NaN);
    const trace = { track, low: empty(), high: empty(), lower: empty(), upper: empty() };
    all.set(track.key, trace);
    return trace;
  };
  return {
    all,
    look(tick) {
      const { timesMs, values, lower, upper } = tick.scores;
      eachRow(tick, (track, row) => {
        const trace = traceOf(track);
        const column = Math.floor(((timesMs[row] as number) - span.fromMs) / columnMs);
        if (trace === undefined || column < 0 || column >= COLUMNS) return;
        keep(trace.low, column, values[row] as number, Math.min);
        keep(trace.high, column, values[row] as number, Math.max);
        keep(trace.lower, column, lower[row] as number, Math.min);
        keep(trace.upper, column, upper[row] as number, Math.max);
      });
    },
  };
}

function keep(figures: Float32Array, column: number, value: number, choose: (a: number, b: number) => number): void {
  if (Number.isNaN(value)) return;
  const before = figures[column] as number;
  figures[column] = Number.isNaN(before) ? value : choose(before, value);
}
