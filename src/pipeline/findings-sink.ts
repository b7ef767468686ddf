// Keeps what was found and which tracks were watched, and lets the scores go: for whoever only counts.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { compareText } from '#model/text.ts';
import type { Sink } from './records.ts';

export interface FindingsSink extends Sink {
  readonly tracks: ReadonlyMap<string, Track>;
  /** As they last were, by when they were seen. */
  findings(): readonly Finding[];
}

export function createFindingsSink(): FindingsSink {
  const findings = new Map<string, Finding>();
  const tracks = new Map<string, Track>();
  return {
    tracks,
    findings: () => [...findings.values()].sort(bySeen),
    async write(tick) {
      for (const finding of tick.findings) findings.set(finding.id, finding);
      for (const track of tick.tracks) tracks.set(track.key, track);
    },
  };
}

/** Earliest known first; the id settles ties, so that the order never depends on how it came about. */
export function bySeen(a: Finding, b: Finding): number {
  return a.seenMs - b.seenMs || compareText(a.id, b.id);
}
