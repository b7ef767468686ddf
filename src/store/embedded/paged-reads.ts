// Reads whose answer may be long come in pieces, each a few milliseconds of the caller's thread; between two pieces others
// get their turn. Each piece is of one moment; the whole need not be, while somebody appends.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { FindingPage, FindingQuery, TimeRange, TrackScores } from '../contract.ts';
import { checkLimit } from './finding-query.ts';
import type { ReaderOps } from './protocol.ts';
import type { WorkerClient } from './worker-client.ts';

const TRACKS_PER_PIECE = 1000;
const KEYS_PER_PIECE = 256;
const FINDINGS_PER_PIECE = 200;

type PickReader = () => WorkerClient<ReaderOps>;

export async function allTracks(pick: PickReader): Promise<Track[]> {
  const all: Track[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const piece: Awaited<ReturnType<typeof readTracks>> = await readTracks(pick, after);
    for (const track of piece.tracks) all.push(track);
    after = piece.next;
  }
  return all;
}

function readTracks(pick: PickReader, after: number): Promise<ReturnType<ReaderOps['tracks']>> {
  return pick().call('tracks', after, TRACKS_PER_PIECE);
}

export async function allScores(pick: PickReader, keys: readonly string[], range: TimeRange): Promise<TrackScores[]> {
  const all: TrackScores[] = [];
  for (let start = 0; start < keys.length; start += KEYS_PER_PIECE) {
    const piece = await pick().call('scores', keys.slice(start, start + KEYS_PER_PIECE), range);
    for (const one of piece) all.push(one);
  }
  return all;
}

export async function allFindings(pick: PickReader, query: FindingQuery): Promise<FindingPage> {
  checkLimit(query.limit);
  const first = await pick().call('findings', { ...query, limit: Math.min(query.limit, FINDINGS_PER_PIECE) });
  const findings: Finding[] = [...first.findings];
  let next = first.next;
  while (next !== undefined && findings.length < query.limit) {
    const limit = Math.min(query.limit - findings.length, FINDINGS_PER_PIECE);
    const piece: FindingPage = await pick().call('findings', { ...query, limit, cursor: next });
    for (const finding of piece.findings) findings.push(finding);
    next = piece.next;
  }
  const { total, facets } = first;
  return { findings, total, facets, ...(next === undefined ? {} : { next }) };
}
