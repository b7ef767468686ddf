// The tables of a back-test's report, as text: the same in the terminal and on the page.
import type { CaughtRow, FaultsReport, KindRow, SkippedRow } from './faults/faults-report.ts';
import { percent } from './gate.ts';
import type { BacktestRow, FaultRow } from './report.ts';
import { missedText, SKIPPED_TEXT } from './why-text.ts';

export const FINDINGS_HEAD = ['detector', 'series', 'findings', 'a day', 'a series and day', 'minutes red'];
export const KNOWN_HEAD = ['injected (UTC)', 'pod', 'fault', 'outcome', 'delay'];
const CAUGHT_HEAD = ['injected', 'caught', 'share', 'delay'];
export const KINDS_HEAD = ['fault', 'sigmas', ...CAUGHT_HEAD, 'why the others were missed'];
export const DETECTORS_HEAD = ['detector', ...CAUGHT_HEAD];

/** What all detectors together are called. */
export function detectorText(detector: string): string {
  return detector === '' ? 'all' : detector;
}

export function findingsCells(row: BacktestRow): string[] {
  return [
    detectorText(row.detector),
    String(row.series),
    String(row.findings),
    row.findingsPerDay.toFixed(1),
    row.findingsPerSeriesAndDay.toFixed(2),
    `${(row.redRatio * 100).toFixed(2)} %`,
  ];
}

export function knownCells(fault: FaultRow): readonly [string, string, string, string, string] {
  const time = fault.time.slice(0, 19).replace('T', ' ');
  return [time, fault.pod, fault.type, fault.outcome, delayText(fault.delayMinutes)];
}

export function kindCells(row: KindRow): string[] {
  return [row.kind, row.size === null ? '' : String(row.size), ...caughtCells(row), missedText(row.missed)];
}

/** Of each detector, and of all together. */
export function detectorCells({ detectors, total }: FaultsReport): string[][] {
  return [...detectors, { detector: '', ...total }].map((row) => [detectorText(row.detector), ...caughtCells(row)]);
}

function caughtCells(row: CaughtRow): string[] {
  return [
    String(row.injected),
    String(row.caught),
    row.caughtRatio === null ? '' : percent(row.caughtRatio),
    delayText(row.medianDelayMinutes),
  ];
}

function delayText(minutes: number | null): string {
  return minutes === null ? '' : `${minutes.toFixed(1)} min`;
}

export function timesText(rounds: number): string {
  return rounds === 1 ? 'once' : `${rounds} times`;
}

export function skippedText({ kind, why, families }: SkippedRow): string {
  return `Not injected: ${kind} in ${families} ${families === 1 ? 'place' : 'places'}, ${SKIPPED_TEXT[why]}`;
}
