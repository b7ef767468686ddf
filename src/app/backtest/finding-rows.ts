// Each finding of a back-test, for who wants more than their number: as lines, and as rows of the JSON.
import type { Finding } from '#model/finding.ts';
import { findingLine } from '../replay.ts';

export interface FindingRow {
  readonly detector: string;
  /** What the method was when it opened: `auto: time of day` of a method that chooses. */
  readonly algorithm: string;
  readonly series: string;
  readonly direction: Finding['direction'];
  /** The first and the last anomalous point; null while it is open. */
  readonly from: string;
  readonly to: string | null;
  /** Of the point that was furthest out; sigmas. */
  readonly peakScore: number;
  readonly value: number;
  readonly expected: number;
}

export function findingRows(findings: readonly Finding[]): FindingRow[] {
  return findings.map(({ detector, opening, direction, startMs, endMs, peak }) => ({
    ...{ detector, algorithm: opening.algorithm, series: opening.series, direction },
    from: new Date(startMs).toISOString(),
    to: endMs === undefined ? null : new Date(endMs).toISOString(),
    ...{ peakScore: peak.score, value: peak.value, expected: peak.expected },
  }));
}

/** As `replay` prints them, with what the method was. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.map((finding) => `${findingLine(finding)}  ${finding.opening.algorithm}`);
}
