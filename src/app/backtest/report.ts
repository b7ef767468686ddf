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
import { median } from '#stats/median.ts';
import type { TapeHeader } from '#tape/contract.ts';
import type { DenominatorRow } from '../denominators.ts';
import { serviceOfEntity } from '../service-of.ts';
import type { FaultsReport } from './faults/faults-report.ts';
import type { MethodSettings } from './settings-text.ts';
import type { UnscoredRow } from './unscored.ts';

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
  /** What was played. */
  readonly source: string;
  readonly from: string;
  readonly to: string;
  readonly recordedMinutes: number;
  /** Of a method in place of detectors. */
  readonly method?: MethodSettings;
  readonly total: BacktestRow;
  readonly detectors: readonly BacktestRow[];
  /** Of each detector that asks for one; empty when none does. */
  readonly denominators: readonly DenominatorRow[];
  /** Of each detector with series that nobody judged; empty when there are none. */
  readonly unscored: readonly UnscoredRow[];
  /** Empty when the tape has no answer key. */
  readonly faults: readonly FaultRow[];
  readonly coloured: number;
  readonly unexplained: Unexplained;
  /** Median minutes from injection to the first finding of the coloured ones; null without any. */
  readonly medianDelayMinutes: number | null;
  /** Of faults that were injected on top, in runs of their own; absent unless asked for. */
  readonly injection?: FaultsReport;
}

export interface BacktestInput {
  readonly source: string;
  readonly method?: MethodSettings;
  readonly fromMs: number;
  readonly findings: readonly Finding[];
  readonly tracks: readonly Track[];
  /** The stretches that were recorded; gaps do not count as quiet time. */
  readonly recorded: readonly (Stretch & { readonly warmUp: boolean })[];
  readonly faults: readonly KnownFault[];
  readonly denominators: readonly DenominatorRow[];
  readonly unscored: readonly UnscoredRow[];
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
  const { source, method, fromMs, findings, tracks, recorded, faults, denominators, unscored, endMs } = input;
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
  const delays = judged.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs / 60_000]));
  return {
    source,
    from: new Date(fromMs).toISOString(),
    to: new Date(endMs).toISOString(),
    recordedMinutes,
    ...(method && { method }),
    total: row(''),
    detectors: [...new Set(watched.map((track) => track.detector))].sort().map(row),
    denominators,
    unscored,
    faults: judged.map(({ fault, outcome, delayMs }) => ({
      time: new Date(fault.timeMs).toISOString(),
      pod: fault.pod,
      type: fault.type,
      outcome,
      delayMinutes: delayMs === undefined ? null : delayMs / 60_000,
    })),
    coloured: delays.length,
    unexplained: countUnexplained(faults, findings, recorded),
    medianDelayMinutes: delays.length === 0 ? null : median(Float64Array.from(delays)),
  };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
