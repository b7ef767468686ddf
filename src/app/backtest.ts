// Plays a tape through detectors and prints what they would have flagged; fails the gate when it was too much.
import { AppError } from '#kit/errors.ts';
import { createFindingsSink } from '#pipeline/findings-sink.ts';
import { openTape } from '#tape/reader.ts';
import type { BacktestOptions } from './backtest-command.ts';
import { type BacktestReport, type BacktestRow, recordedStretches, reportBacktest } from './backtest-report.ts';
import { loadDetectors } from './load.ts';
import { droppedLine, findingLine } from './replay.ts';
import { blindLines, blindPlans } from './replay-blind.ts';
import { runTape } from './run-tape.ts';
import { textTable } from './text-table.ts';

export async function backtest(path: string, options: BacktestOptions): Promise<void> {
  const plans = await loadDetectors(options.detectors);
  const reader = await openTape(path);
  try {
    const sink = createFindingsSink();
    const { dropped } = await runTape({ reader, plans, sink, workers: options.workers, speed: 'max' });
    const { answerKey, toMs } = reader.info.header;
    const findings = sink.findings();
    const report = reportBacktest({
      findings,
      tracks: [...sink.tracks.values()],
      recorded: recordedStretches(reader.info.header),
      faults: answerKey,
      endMs: toMs,
    });
    const blind = blindPlans(plans, sink.tracks.values());
    for (const line of blindLines(blind, reader.info.series, path)) process.stderr.write(`${line}\n`);
    if (report.total.series === 0) {
      throw new AppError(
        'bad-input',
        `no series of ${path} matches a detector of ${options.detectors}: correct metricName or selector there`,
      );
    }
    process.stderr.write(droppedLine(dropped));
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else printReport(report, options.verbose ? findings.map(findingLine) : []);
    const limit = options.maxFindingsPerDay;
    if (limit !== undefined && blind.length > 0) {
      throw new AppError(
        'gate-failed',
        `a gate needs detectors that see something; ${blind.length} of ${plans.length} match no series`,
      );
    }
    if (limit !== undefined && report.total.findingsPerDay > limit) {
      throw new AppError(
        'gate-failed',
        `${report.total.findingsPerDay.toFixed(1)} findings a day are more than the ${limit} that --max-findings-per-day allows`,
      );
    }
  } finally {
    await reader.close();
  }
}

function printReport(report: BacktestReport, lines: readonly string[]): void {
  const head = ['detector', 'series', 'findings', 'a day', 'a series and day', 'minutes red'];
  const cells = (row: BacktestRow) => [
    row.detector === '' ? 'all' : row.detector,
    String(row.series),
    String(row.findings),
    row.findingsPerDay.toFixed(1),
    row.findingsPerSeriesAndDay.toFixed(2),
    `${(row.redRatio * 100).toFixed(2)} %`,
  ];
  const text = [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    textTable(head, [...report.detectors.map(cells), cells(report.total)]),
  ];
  if (report.faults.length > 0) {
    const faults = report.faults.map((fault) => [
      fault.time.slice(0, 19).replace('T', ' '),
      fault.pod,
      fault.type,
      fault.outcome,
      fault.delayMinutes === null ? '' : `${fault.delayMinutes.toFixed(1)} min`,
    ]);
    text.push('', textTable(['injected (UTC)', 'pod', 'fault', 'outcome', 'delay'], faults));
    const delay =
      report.medianDelayMinutes === null ? '' : `, median delay ${report.medianDelayMinutes.toFixed(1)} min`;
    const { findings, of } = report.unexplained;
    text.push('', `${report.coloured} of ${report.faults.length} faults coloured${delay}`);
    text.push(
      `${findings} of ${of} findings outside the quiet hours came in no fault's five minutes (late effects count here too)`,
    );
  }
  text.push(
    `${report.recordedMinutes} minutes recorded; near copies of one thing make one finding, counted to the detector that was first`,
  );
  process.stdout.write(`${text.join('\n')}\n`);
}
