// Thins a line out for a strip that is narrower than it has points: of each bucket the extreme that matters is kept, so
// that no peak is lost; and a hole in the recording stays a hole.
export interface Line {
  readonly timesMs: number[];
  readonly values: (number | null)[];
}

/**
 * At most `most` points of the line, the largest (or smallest) of each bucket at its own time. NaN is null. Where two
 * points are more than `gapMs` apart a null is put between them, which may add a tenth of `most`.
 */
export function downsample(
  times: Float64Array,
  values: Float64Array,
  options: { readonly most: number; readonly keep: 'largest' | 'smallest'; readonly gapMs: number },
): Line {
  const size = Math.max(1, Math.ceil(times.length / options.most));
  const line: Line = { timesMs: [], values: [] };
  let gaps = 0;
  for (let from = 0; from < times.length; from += size) {
    const index = extreme(values, from, Math.min(times.length, from + size), options.keep === 'largest' ? 1 : -1);
    const timeMs = times[index] ?? Number.NaN;
    const before = line.timesMs.at(-1);
    if (before !== undefined && timeMs - before > options.gapMs * size && gaps < options.most / 10) {
      line.timesMs.push((before + timeMs) / 2);
      line.values.push(null);
      gaps++;
    }
    const value = values[index];
    line.timesMs.push(timeMs);
    line.values.push(value === undefined || !Number.isFinite(value) ? null : value);
  }
  return line;
}

function extreme(values: Float64Array, from: number, to: number, sign: 1 | -1): number {
  let best = from;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index++) {
    const value = sign * (values[index] ?? Number.NaN);
    if (value > most) {
      most = value;
      best = index;
    }
  }
  return best;
}
