// A batch in pieces that fit into a message each. Rows come first, findings, spans and edges after them, and only the last
// piece has the position and the batch's own key: until it is stored the batch counts as not stored, and what was is sent
// again. A piece is named after what is in it: a writer that begins anew may cut the same batch otherwise, and what is not
// there yet must not be taken for what is. The first batch of a cluster, hours of every series, is the one that needs it.
import { createHash } from 'node:crypto';
import type { Finding } from '#model/finding.ts';
import { takeRows } from '#model/score-block.ts';
import type { AppendBatch } from '../contract.ts';
import { writeAppend } from './append-message.ts';
import { emptyScores } from './scores-message.ts';

/** A quarter of what a message may have: sizes are estimated here. */
export const PIECE_BYTES = 4 * 1024 * 1024;
/** Seven doubles, the track, the flags. */
const ROW_BYTES = 61;
const SPAN_BYTES = 300;

/** At least one piece. `batch` must stay as it is until the last was taken. */
export function* piecesOf(batch: AppendBatch, pieceBytes = PIECE_BYTES): Generator<AppendBatch> {
  const rest = [...cut(batch.findings, findingBytes, pieceBytes)];
  const rowsEnds = rowCuts(batch, pieceBytes);
  const spans = [...cut(batch.spans, () => SPAN_BYTES, pieceBytes)];
  const count = rowsEnds.length + rest.length + spans.length;
  const fitsWhole = rowsEnds.length <= 1 && sizeOf(batch) <= pieceBytes;
  if (count <= 1 || fitsWhole) {
    yield batch;
    return;
  }
  const { epoch, position } = batch;
  const empty = { tracks: [], scores: emptyScores(), findings: [], spans: [], edges: [] };
  // Finite, and never beyond what is stored: a store keeps the highest position.
  const before = { seenMs: Math.min(0, position.seenMs), stream: position.stream };
  const piece = (part: Partial<AppendBatch>): AppendBatch => {
    const unnamed = { ...empty, ...part, epoch: 0, key: '', position: before };
    const name = createHash('sha256').update(writeAppend(unnamed)).digest('base64url').slice(0, 22);
    return { ...unnamed, epoch, key: `${batch.key}#${name}` };
  };
  let from = 0;
  for (const to of rowsEnds) {
    yield piece(rowsOf(batch, from, to));
    from = to;
  }
  for (const findings of rest) yield piece({ findings });
  for (const some of spans) yield piece({ spans: some });
  yield { ...batch, ...empty, edges: batch.edges };
}

function sizeOf(batch: AppendBatch): number {
  const tracks = batch.tracks.reduce((sum, track) => sum + trackBytes(track), 0);
  const findings = batch.findings.reduce((sum, finding) => sum + findingBytes(finding), 0);
  return tracks + findings + batch.scores.tracks.length * ROW_BYTES + batch.spans.length * SPAN_BYTES;
}

/** Ends of the runs of rows that fit, each with the tracks that it names. */
function rowCuts({ scores, tracks }: AppendBatch, pieceBytes: number): number[] {
  const ends: number[] = [];
  let bytes = 0;
  const named = new Set<number>();
  for (const [row, track] of scores.tracks.entries()) {
    const isNew = !named.has(track);
    const more = ROW_BYTES + (isNew ? trackBytes(tracks[track]) : 0);
    if (bytes > 0 && bytes + more > pieceBytes) {
      ends.push(row);
      named.clear();
      bytes = ROW_BYTES + trackBytes(tracks[track]);
    } else bytes += more;
    named.add(track);
  }
  if (scores.tracks.length > 0) ends.push(scores.tracks.length);
  return ends;
}

/** The rows with the tracks that they name, numbered anew. */
function rowsOf({ scores, tracks }: AppendBatch, from: number, to: number): Pick<AppendBatch, 'tracks' | 'scores'> {
  const numbers = new Map<number, number>();
  const taken = takeRows(
    scores,
    Array.from({ length: to - from }, (_, index) => from + index),
  );
  taken.tracks.forEach((track, row) => {
    const number = numbers.get(track) ?? numbers.size;
    numbers.set(track, number);
    taken.tracks[row] = number;
  });
  return { scores: taken, tracks: [...numbers.keys()].flatMap((track) => tracks[track] ?? []) };
}

function* cut<T>(items: readonly T[], bytesOf: (item: T) => number, pieceBytes: number): Generator<T[]> {
  let piece: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = bytesOf(item);
    if (piece.length > 0 && bytes + more > pieceBytes) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(item);
    bytes += more;
  }
  if (piece.length > 0) yield piece;
}

function trackBytes(track: AppendBatch['tracks'][number] | undefined): number {
  if (track === undefined) return 0;
  const labels = Object.entries(track.labels).reduce((sum, [name, value]) => sum + 2 * (name.length + value.length), 0);
  return 64 + 2 * (track.key.length + track.series.length + track.detector.length) + labels;
}

function findingBytes(finding: Finding): number {
  return 4000 + finding.members.length * 500;
}
