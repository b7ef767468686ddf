// Plays a history through detectors and says what they would have flagged; puts faults into it to say what they would have
// caught; writes the reports, and fails the gates when it was too much, or too little.
import { resolve } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { metricNameOf } from '#model/series.ts';
import type { BacktestOptions } from '../backtest-command.ts';
import { denominatorLines, watchDenominators } from '../denominators.ts';
import { checkExport, type Written, writeExport } from '../export-file.ts';
import { printable, printableLines } from '../printable.ts';
import { createProgress, type Progress } from '../progress.ts';
import { droppedLine } from '../replay.ts';
import { blindLines, blindPlans } from '../replay-blind.ts';
import { createDrawing } from './drawing.ts';
import { injectRuns } from './faults/inject-run.ts';
import { findingLines, findingRows } from './finding-rows.ts';
import { createFirstScores } from './first-scores.ts';
import { gateFailure, judgeGates } from './gate.ts';
import { reportPage } from './html/page.ts';
import { junitReport } from './junit.ts';
import { type History, openHistory } from './open-history.ts';
import { type Played, play } from './play.ts';
import { reportText } from './print-report.ts';
import { type BacktestInput, type BacktestReport, recordedStretches, reportBacktest } from './report.ts';
import { unscoredLines, unscoredRows } from './unscored.ts';

export async function backtest(source: string, options: BacktestOptions): Promise<void> {
  if (options.minCaught !== undefined && options.inject === undefined)
    throw new AppError(
      'bad-usage',
      '--min-caught says nothing without --inject: no fault is injected that could be caught',
    );
  for (const name of ['html', 'junit'] as const) {
    const path = options[name];
    if (path === '-')
      throw new AppError('bad-usage', `--${name} needs the name of a file: standard output has the report`);
    if (path !== undefined) await checkExport(path, [source, options.detectors ?? ''], writtenBy(name));
  }
  if (options.html !== undefined && options.junit !== undefined && resolve(options.html) === resolve(options.junit))
    throw new AppError('bad-usage', `--html and --junit both write ${options.junit}: name two files`);
  const say = createProgress(process.stderr);
  const history = await openHistory(source, options, say);
  try {
    await judge(history, options, say);
  } finally {
    await history.reader.close();
  }
}

async function judge(history: History, options: BacktestOptions, say: Progress): Promise<void> {
  const { reader, plans } = history;
  const { workers, inject: kinds, seed } = options;
  const startMs = Date.now();
  const firsts = createFirstScores();
  const drawing = options.html === undefined ? undefined : createDrawing(reader.info.header);
  const lookOn = [firsts.look, ...(drawing === undefined ? [] : [drawing.look])];
  const beneath = watchDenominators();
  const clean = await play({
    ...{ reader, plans, workers, lookOn, lookBeneath: beneath.look },
    onProgress: (far) => say.update(`Playing ${history.name}: ${far}`),
  });
  say.update('');
  const blind = sayBlind(history, clean);
  const denominators = beneath.rows(plans, history.asked);
  const unscored = unscoredRows(clean.tracks.values(), firsts);
  // Without --json the report itself says it.
  const doubts = options.json ? [...unscoredLines(unscored), ...denominatorLines(denominators)] : [];
  for (const line of doubts) process.stderr.write(`${printable(line)}\n`);
  const first = reportOf(history, clean, { denominators, unscored });
  if (first.total.series === 0) throw nothingMatches(history, options);
  process.stderr.write(droppedLine(clean.dropped));
  drawing?.choose(clean);
  const quiet = { plans, findings: clean.findings, tracks: clean.tracks, firstScoreMs: firsts.timesMs };
  const injection = kinds && (await injectRuns(quiet, { reader, workers, seed, say, kinds, ...drawing }));
  const report: BacktestReport = injection === undefined ? first : { ...first, injection };
  const verdicts = judgeGates(report, blind, options);
  if (options.html !== undefined && drawing !== undefined) {
    const page = reportPage(report, verdicts, drawing.pictures(injection));
    await writeExport(options.html, [page], writtenBy('html'));
  }
  const times = { startMs, tookMs: Date.now() - startMs };
  if (options.junit !== undefined)
    await writeExport(options.junit, [junitReport(report, verdicts, times)], writtenBy('junit'));
  const told = options.verbose ? clean.findings : [];
  if (options.json) {
    const whole = { ...report, gates: verdicts, ...(options.verbose && { findings: findingRows(told) }) };
    process.stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
  } else process.stdout.write(reportText(report, findingLines(told)));
  const failure = gateFailure(verdicts);
  if (failure !== undefined) throw new AppError('gate-failed', failure);
}

function writtenBy(name: 'html' | 'junit'): Written {
  return { what: 'report', option: `--${name}` };
}

function reportOf(
  { name, reader, method }: History,
  { findings, tracks }: Played,
  doubts: Pick<BacktestInput, 'denominators' | 'unscored'>,
): BacktestReport {
  const { header } = reader.info;
  return reportBacktest({
    ...{ source: name, fromMs: header.fromMs, endMs: header.toMs, findings },
    ...(method && { method }),
    tracks: [...tracks.values()],
    recorded: recordedStretches(header),
    faults: header.answerKey,
    ...doubts,
  });
}

/** Names the detectors that see nothing, and returns their names. */
function sayBlind({ kind, name, reader, plans, asked, mayBeAbsent }: History, { tracks }: Played): readonly string[] {
  const blind = mayBeAbsent ? [] : blindPlans(plans, tracks.values());
  const written = blind.flatMap((plan) => asked[plans.indexOf(plan)] ?? []);
  const lines = blindLines(written, reader.info.series, name);
  // Only of a tape there is a command that lists what is in it.
  const told = kind === 'tape' ? lines : lines.slice(0, -1);
  for (const line of told) process.stderr.write(`${line}\n`);
  return [...new Set(written.map(({ detector }) => detector))];
}

function nothingMatches({ kind, name, reader }: History, { detectors }: BacktestOptions): AppError {
  const metrics = [...new Set(reader.info.series.map(({ labels }) => metricNameOf(labels)))].sort();
  const has =
    metrics.length === 0 ? '' : `; it has ${metrics.slice(0, 5).join(', ')}${metrics.length > 5 ? ', …' : ''}`;
  const file = detectors ?? (kind === 'prometheus' ? 'observed' : 'the shipped detectors');
  const remedy = {
    tape: 'correct metricName or selector there, or name a method with --method auto',
    csv: 'name a method with --method auto, or give detectors of these metrics with -f',
    prometheus: 'give detectors with -f, or a longer time with --days',
  }[kind];
  return new AppError(
    'bad-input',
    printableLines(`no series of ${name} matches a detector of ${file}${has}: ${remedy}`),
  );
}
