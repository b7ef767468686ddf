// A back-test's report in the terminal.

import { denominatorLines } from '../denominators.ts';
import { printable } from '../printable.ts';
import { textTable } from '../text-table.ts';
import type { FaultsReport } from './faults/faults-report.ts';
import type { BacktestReport } from './report.ts';
import {
  DETECTORS_HEAD,
  detectorCells,
  FINDINGS_HEAD,
  findingsCells,
  KINDS_HEAD,
  KNOWN_HEAD,
  kindCells,
  knownCells,
  skippedText,
  timesText,
} from './report-cells.ts';
import { methodText } from './settings-text.ts';
import { unscoredLines } from './unscored.ts';

/** `lines` stand before it. */
export function reportText(report: BacktestReport, lines: readonly string[]): string {
  const text = [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...(report.method === undefined ? [] : [methodText(report.method), '']),
    tableText(FINDINGS_HEAD, [...report.detectors, report.total].map(findingsCells)),
    ...doubts(report),
    ...(report.faults.length > 0 ? knownFaults(report) : []),
    ...(report.injection === undefined ? [] : injectedFaults(report.injection)),
    `${report.recordedMinutes} minutes recorded; near copies of one thing make one finding, counted to the detector that was first`,
  ];
  return `${text.join('\n')}\n`;
}

/** Beneath the table whose numbers it takes back. */
function doubts({ unscored, denominators }: BacktestReport): string[] {
  const lines = [...unscoredLines(unscored), ...denominatorLines(denominators)];
  return lines.length === 0 ? [] : ['', ...lines.map(printable), ''];
}

function knownFaults(report: BacktestReport): string[] {
  const delay = report.medianDelayMinutes === null ? '' : `, median delay ${report.medianDelayMinutes.toFixed(1)} min`;
  const { findings, of } = report.unexplained;
  return [
    '',
    tableText(KNOWN_HEAD, report.faults.map(knownCells)),
    '',
    `${report.coloured} of ${report.faults.length} faults coloured${delay}`,
    `${findings} of ${of} findings outside the quiet hours came in no fault's five minutes (late effects count here too)`,
  ];
}

function injectedFaults(injection: FaultsReport): string[] {
  const { kinds, skipped, faults, rounds, seed } = injection;
  return [
    '',
    tableText(KINDS_HEAD, kinds.map(kindCells)),
    '',
    tableText(DETECTORS_HEAD, detectorCells(injection)),
    '',
    ...skipped.map(skippedText),
    `${faults.length} faults injected with seed ${seed}, the history played ${timesText(rounds)} more; a fault counts once for each detector that looks for it; findings a day are those without them`,
  ];
}

/** Names are somebody else's: a terminal must not obey them. */
function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return textTable(
    head,
    rows.map((row) => row.map(printable)),
  );
}
