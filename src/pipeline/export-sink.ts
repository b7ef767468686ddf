// Collects everything a run gives and prints it as NDJSON, scores and findings sorted by time and then by series. The
// text depends on the tape and the detectors alone: not on workers, speed or jumps.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { compareText } from '#model/text.ts';
import { createFindingsSink, type FindingsSink } from './findings-sink.ts';
import type { TickOutput } from './records.ts';

export interface ExportSink extends FindingsSink {
  /** One line a scored point (detector, series, value, score, band) or finding, ascending. */
  lines(): Generator<string>;
}

interface Row {
  readonly timeMs: number;
  readonly key: string;
}

export function createExportSink(): ExportSink {
  const found = createFindingsSink();
  const ticks: TickOutput[] = [];
  return {
    ...found,
    async write(tick) {
      ticks.push(tick);
      await found.write(tick);
    },
    lines: () => printLines(ticks, found.findings()),
  };
}

function* printLines(ticks: readonly TickOutput[], findings: readonly Finding[]): Generator<string> {
  const rows: (Row & { readonly print: () => string })[] = [];
  for (const tick of ticks) {
    for (let row = 0; row < tick.scores.tracks.length; row++) {
      const track = tick.tracks[tick.scores.tracks[row] ?? -1];
      if (track === undefined || track.detector === '') continue;
      const timeMs = tick.scores.timesMs[row] ?? 0;
      rows.push({ timeMs, key: `score ${track.series} ${track.detector}`, print: () => printScore(tick, row, track) });
    }
  }
  for (const finding of findings) {
    rows.push({
      timeMs: finding.confirmedMs,
      key: `finding ${finding.family} ${finding.id}`,
      print: () => printFinding(finding),
    });
  }
  rows.sort((a, b) => a.timeMs - b.timeMs || compareText(a.key, b.key));
  for (const row of rows) yield row.print();
}

function printScore(tick: TickOutput, row: number, track: Track): string {
  const { timesMs, values, scores, expected, lower, upper, flags } = tick.scores;
  return JSON.stringify({
    type: 'score',
    time: new Date(timesMs[row] ?? 0).toISOString(),
    series: track.series,
    detector: track.detector,
    value: figure(values[row]),
    score: figure(scores[row]),
    expected: figure(expected[row]),
    lower: figure(lower[row]),
    upper: figure(upper[row]),
    flags: flags[row],
  });
}

function printFinding(finding: Finding): string {
  return JSON.stringify({ type: 'finding', time: new Date(finding.confirmedMs).toISOString(), ...finding });
}

/** JSON has no NaN: missing is null. */
function figure(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
