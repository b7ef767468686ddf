// What a back-test says: for each detector and in all, how much would have been flagged, how often, and how late.
// Pure: findings and tracks in, figures out.
import {
  countUnexplained,
  judgeFaults,
  minutesIn,
  redMinutes,
  type Stretch,
  type Unexplained,
} from '#model/answer-key.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { KnownFault } from '#model/signal.ts';
import type { TapeHeader } from '#tape/contract.ts';
import { serviceOfEntity } from './service-of.ts';

const DAY_MINUTES = 1440;

export interface BacktestRow {
  /** '' is the sum over all detectors. */
  readonly detector: string;
  readonly series: number;
  readonly findings: number;
  readonly findingsPerDay: number;
  readonly findingsPerSeriesAndDay: number;
  /** Share of recorded minutes in which a finding was open, 0..1. */
  readonly redRatio: number;
}

export interface FaultRow {
  readonly time: string;
  readonly pod: string;
  readonly type: string;
  readonly outcome: string;
  readonly delayMinutes: number | null;
}

export interface BacktestReport {
  readonly recordedMinutes: number;
  readonly total: BacktestRow;
  readonly detectors: readonly BacktestRow[];
  /** Empty when the tape has no answer key. */
  readonly faults: readonly FaultRow[];
  readonly coloured: number;
  readonly unexplained: Unexplained;
  /** Median minutes from injection to the first finding of the coloured ones; null without any. */
  readonly medianDelayMinutes: number | null;
}

export interface BacktestInput {
  readonly findings: readonly Finding[];
  readonly tracks: readonly Track[];
  /** The stretches that were recorded; gaps do not count as quiet time. */
  readonly recorded: readonly (Stretch & { readonly warmUp: boolean })[];
  readonly faults: readonly KnownFault[];
  readonly endMs: number;
}

/** The tape's segments within its own span; a tape without any was recorded throughout. */
export function recordedStretches(header: Pick<TapeHeader, 'fromMs' | 'toMs' | 'segments'>): BacktestInput['recorded'] {
  const { fromMs, toMs, segments } = header;
  const clipped = segments
    .map((segment) => ({ ...segment, fromMs: Math.max(segment.fromMs, fromMs), toMs: Math.min(segment.toMs, toMs) }))
    .filter((segment) => segment.fromMs < segment.toMs);
  return clipped.length > 0 ? clipped : [{ fromMs, toMs, warmUp: false }];
}

export function reportBacktest(input: BacktestInput): BacktestReport {
  const { findings, tracks, recorded, faults, endMs } = input;
  const recordedMinutes = recorded.reduce((sum, stretch) => sum + minutesIn(stretch), 0);
  const watched = tracks.filter((track) => track.detector !== '');
  const row = (detector: string): BacktestRow => {
    const own = detector === '' ? findings : findings.filter((finding) => finding.detector === detector);
    const series = new Set(
      watched.filter((track) => detector === '' || track.detector === detector).map((track) => track.series),
    ).size;
    const days = recordedMinutes / DAY_MINUTES;
    const red = recorded.reduce((sum, stretch) => sum + redMinutes(own, stretch), 0);
    return {
      detector,
      series,
      findings: own.length,
      findingsPerDay: ratio(own.length, days),
      findingsPerSeriesAndDay: ratio(own.length, days * series),
      redRatio: ratio(red, recordedMinutes),
    };
  };
  const judged = judgeFaults(faults, findings, endMs, serviceOfEntity(tracks));
  const delays = judged
    .flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs / 60_000]))
    .sort((a, b) => a - b);
  return {
    recordedMinutes,
    total: row(''),
    detectors: [...new Set(watched.map((track) => track.detector))].sort().map(row),
    faults: judged.map(({ fault, outcome, delayMs }) => ({
      time: new Date(fault.timeMs).toISOString(),
      pod: fault.pod,
      type: fault.type,
      outcome,
      delayMinutes: delayMs === undefined ? null : delayMs / 60_000,
    })),
    coloured: delays.length,
    unexplained: countUnexplained(faults, findings, recorded),
    medianDelayMinutes:
      delays.length === 0 ? null : ((delays[(delays.length - 1) >> 1] ?? 0) + (delays[delays.length >> 1] ?? 0)) / 2,
  };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
