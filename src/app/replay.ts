// Plays a tape in the terminal, says what was found, and writes the export.
import type { Finding } from '#model/finding.ts';
import { createExportSink } from '#pipeline/export-sink.ts';
import { createFindingsSink } from '#pipeline/findings-sink.ts';
import type { DroppedSamples } from '#pipeline/records.ts';
import { openTape } from '#tape/reader.ts';
import { denominatorLines, watchDenominators } from './denominators.ts';
import { checkExport, writeExport } from './export-file.ts';
import { loadDetectors, OBSERVED_DETECTORS } from './load.ts';
import { printable } from './printable.ts';
import { blindLines, blindPlans } from './replay-blind.ts';
import type { ReplayOptions } from './replay-command.ts';
import { replayFigure, sigmaText } from './replay-figure.ts';
import { runTape } from './run-tape.ts';

export async function replay(path: string, options: ReplayOptions): Promise<void> {
  if (options.export !== undefined) await checkExport(options.export, [path, options.detectors]);
  const plans = await loadDetectors(options.detectors);
  const reader = await openTape(path);
  try {
    const { series } = reader.info;
    // What every cluster may have is not missed where it is absent.
    const blind = options.detectors === OBSERVED_DETECTORS ? [] : blindPlans(plans, series);
    for (const line of blindLines(blind, series, path)) process.stderr.write(`${line}\n`);
    const exported = options.export === undefined ? undefined : createExportSink();
    const sink = exported ?? createFindingsSink();
    const beneath = watchDenominators();
    const status = await runTape({
      ...{ reader, plans, sink, workers: options.workers, speed: options.speed },
      onStatus: progress(),
      lookBeneath: beneath.look,
    });
    for (const line of denominatorLines(beneath.rows(plans))) process.stderr.write(`${printable(line)}\n`);
    if (options.export !== undefined && exported !== undefined) await writeExport(options.export, exported.lines());
    const print = options.export === '-' ? process.stderr : process.stdout;
    const findings = sink.findings();
    for (const finding of findings) print.write(`${findingLine(finding)}\n`);
    const seconds = status.busyMs / 1000;
    print.write(droppedLine(status.dropped));
    print.write(
      `${findings.length} findings in ${status.samples.toLocaleString('en')} samples; ` +
        `${seconds.toFixed(1)} s, ${Math.round(status.samples / Math.max(seconds, 0.001)).toLocaleString('en')} samples a second\n`,
    );
  } finally {
    await reader.close();
  }
}

/** What was left out, as a line; empty when nothing was. */
export function droppedLine({ outOfOrder, unknownSeries }: DroppedSamples): string {
  if (outOfOrder + unknownSeries === 0) return '';
  return `Left out: ${outOfOrder} samples not newer than their series' last, ${unknownSeries} of series that the tape does not name\n`;
}

/** One line a finding: when, where, what, how far. */
export function findingLine(finding: Finding): string {
  const { peak } = finding;
  // As the page says it: from the first anomalous point to the last.
  const until = finding.endMs === undefined ? 'open' : `${Math.round((finding.endMs - finding.startMs) / 60_000)} min`;
  const line = [
    new Date(finding.startMs).toISOString().slice(0, 16).replace('T', ' '),
    finding.entity.name,
    finding.call === undefined ? finding.metric : `${finding.metric} (called by ${finding.call.source})`,
    `${replayFigure(peak.value, finding.metric)} where ${replayFigure(peak.expected, finding.metric)} is usual`,
    sigmaText(peak.score),
    until,
  ];
  return printable(line.join('  '));
}

/** A line that is written over, on a terminal only. */
function progress(): (status: { nowMs: number }) => void {
  if (!process.stderr.isTTY) return () => {};
  return ({ nowMs }) => process.stderr.write(`\r${new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ')}\r`);
}
