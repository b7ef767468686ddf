// Joins what the partitions gave for one tick into one block, rows by time and then by series, so that the outcome does
// not depend on how many workers there were or which was first. Rows are sorted by index; a row is never an object.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock, setPoints, takeRows } from '#model/score-block.ts';
import { compareText } from '#model/text.ts';
import { bySeen } from './findings-sink.ts';
import type { SteppedRecord, TickOutput } from './records.ts';
import type { SplitTick } from './split.ts';

/** The tick's output, once the parts of every partition of `split.records` are here. */
export function alignTick(split: SplitTick, parts: readonly SteppedRecord[]): TickOutput {
  const { tracks, numbers } = joinTracks(parts);
  const joined = concatenate(parts, numbers);
  const order = new Uint32Array(joined.tracks.length).map((_, index) => index);
  order.sort((a, b) => at(joined.timesMs, a) - at(joined.timesMs, b) || at(joined.tracks, a) - at(joined.tracks, b));
  const scores = takeRows(joined, order);
  const { tick, seenMs, live, spans, edges } = split;
  const ends = live === undefined ? { tick, seenMs } : { tick, seenMs, live };
  return { ...ends, tracks, scores, findings: lastOfEach(parts), spans, edges };
}

/** All tracks by key, and for each part the new number of each of its tracks. Numbers are in the order of the keys. */
function joinTracks(parts: readonly SteppedRecord[]): { tracks: Track[]; numbers: Uint32Array[] } {
  const byKey = new Map<string, Track>();
  for (const part of parts) for (const track of part.tracks) byKey.set(track.key, track);
  const tracks = [...byKey.values()].sort((a, b) => compareText(a.key, b.key));
  const numberOf = new Map(tracks.map((track, number) => [track.key, number]));
  const numbers = parts.map((part) => Uint32Array.from(part.tracks, (track) => numberOf.get(track.key) ?? 0));
  return { tracks, numbers };
}

function concatenate(parts: readonly SteppedRecord[], numbers: readonly Uint32Array[]): ScoreBlock {
  const joined = emptyBlock(parts.reduce((sum, part) => sum + part.scores.tracks.length, 0));
  let start = 0;
  parts.forEach((part, index) => {
    setPoints(joined, part.scores, start);
    const renumbered = numbers[index] ?? new Uint32Array(0);
    for (let row = 0; row < part.scores.tracks.length; row++) {
      joined.tracks[start + row] = at(renumbered, at(part.scores.tracks, row));
    }
    start += part.scores.tracks.length;
  });
  return joined;
}

function at(column: Float64Array | Uint32Array | Uint8Array, index: number): number {
  return column[index] ?? Number.NaN;
}

/** A finding may change several times in a tick; how it is at the end counts. Ordered by when they were seen, then id. */
function lastOfEach(parts: readonly SteppedRecord[]): readonly Finding[] {
  const byId = new Map<string, Finding>();
  for (const part of parts) for (const finding of part.findings) byId.set(finding.id, finding);
  return [...byId.values()].sort(bySeen);
}
