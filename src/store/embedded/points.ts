// Scored points as columns, and what is done with columns: take rows, join, last one wins.
import { FIGURES, type Points, type ScoreBlock } from '#model/score-block.ts';

export function allocatePoints(length: number): Points {
  const [timesMs, seenMs, values, scores, expected, lower, upper] = Array.from(
    FIGURES,
    () => new Float64Array(length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return { timesMs, seenMs, values, scores, expected, lower, upper, flags: new Uint16Array(length) };
}

/** The points of every track that is `wanted`, in the order of the blocks. */
export function pointsByTrack(
  blocks: readonly ScoreBlock[],
  wanted?: { has(track: number): boolean },
): Map<number, Points> {
  const places = new Map<number, { readonly blocks: number[]; readonly rows: number[] }>();
  blocks.forEach(({ tracks }, block) => {
    for (let row = 0; row < tracks.length; row++) {
      const track = tracks[row] ?? 0;
      if (wanted !== undefined && !wanted.has(track)) continue;
      let place = places.get(track);
      if (place === undefined) {
        place = { blocks: [], rows: [] };
        places.set(track, place);
      }
      place.blocks.push(block);
      place.rows.push(row);
    }
  });
  return new Map(Array.from(places, ([track, place]) => [track, gather(blocks, place.blocks, place.rows)]));
}

function gather(blocks: readonly Points[], from: readonly number[], rows: readonly number[]): Points {
  const points = allocatePoints(rows.length);
  rows.forEach((row, index) => {
    const source = blocks[from[index] ?? 0];
    if (source === undefined) return;
    for (const column of FIGURES) points[column][index] = source[column][row] ?? Number.NaN;
    points.flags[index] = source.flags[row] ?? 0;
  });
  return points;
}

/** The points at `rows`, in that order. */
export function takePoints(from: Points, rows: ArrayLike<number>): Points {
  const taken = allocatePoints(rows.length);
  for (const column of FIGURES) {
    const source = from[column];
    const target = taken[column];
    for (let index = 0; index < rows.length; index++) target[index] = source[rows[index] ?? 0] ?? Number.NaN;
  }
  for (let index = 0; index < rows.length; index++) taken.flags[index] = from.flags[rows[index] ?? 0] ?? 0;
  return taken;
}

/** The rows from `start` to before `end`, as views. */
export function slicePoints(from: Points, start: number, end: number): Points {
  return {
    timesMs: from.timesMs.subarray(start, end),
    seenMs: from.seenMs.subarray(start, end),
    values: from.values.subarray(start, end),
    scores: from.scores.subarray(start, end),
    expected: from.expected.subarray(start, end),
    lower: from.lower.subarray(start, end),
    upper: from.upper.subarray(start, end),
    flags: from.flags.subarray(start, end),
  };
}

/** The rows from `start` to before `end`, in arrays of their own. */
export function copyPoints(from: Points, start: number, end: number): Points {
  const copy = allocatePoints(end - start);
  for (const column of FIGURES) copy[column].set(from[column].subarray(start, end));
  copy.flags.set(from.flags.subarray(start, end));
  return copy;
}

/** All parts, one after the other. */
export function joinPoints(parts: readonly Points[]): Points {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const joined = allocatePoints(parts.reduce((sum, part) => sum + part.timesMs.length, 0));
  let offset = 0;
  for (const part of parts) {
    for (const column of FIGURES) joined[column].set(part[column], offset);
    joined.flags.set(part.flags, offset);
    offset += part.timesMs.length;
  }
  return joined;
}

/** The same points by strictly increasing time; of several with one time the last in the list is kept. */
export function orderPoints(points: Points): Points {
  const { timesMs } = points;
  if (isAscending(timesMs)) return points;
  const rows = Array.from(timesMs.keys()).sort((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0) || a - b);
  const kept = rows.filter((row, index) => {
    const next = rows[index + 1];
    return next === undefined || timesMs[next] !== timesMs[row];
  });
  return takePoints(points, kept);
}

/** The first row whose time is not before `timeMs`; the length when there is none. `timesMs` is ascending. */
export function lowerBound(timesMs: Float64Array, timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAscending(timesMs: Float64Array): boolean {
  for (let index = 1; index < timesMs.length; index++) {
    if (!((timesMs[index] ?? 0) > (timesMs[index - 1] ?? 0))) return false;
  }
  return true;
}
