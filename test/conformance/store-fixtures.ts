// Batches for the tests of stores: small, readable, and told apart by their numbers.
import type { Finding } from '#model/finding.ts';
import { FLAG, type Track } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import type { AppendBatch } from '#store/contract.ts';

export const T0 = Date.UTC(2022, 7, 22, 0, 0);
export const MINUTE = 60_000;
export const ALL_TIME = { fromMs: -8.64e15, toMs: 8.64e15 };

export function makeTrack(labels: Labels, detector = 'd', threshold = 6): Track {
  const series = seriesKey(labels);
  return { key: `${detector}|${series}`, detector, series, labels, stepMs: MINUTE, threshold };
}

export function podTrack(pod: string, service = pod.split('-')[0] ?? pod): Track {
  return makeTrack({ __name__: 'cpu_usage', namespace: 'shop', pod, service });
}

/** A scored point; everything but the track's index and the time has a default that follows from the value. */
export interface Point {
  readonly track: number;
  readonly timeMs: number;
  readonly value?: number;
  readonly score?: number;
  readonly expected?: number;
  readonly flags?: number;
}

export function makeScores(points: readonly Point[]): ScoreBlock {
  const column = (pick: (point: Point) => number) => Float64Array.from(points, pick);
  return {
    tracks: Uint32Array.from(points, (point) => point.track),
    timesMs: column((point) => point.timeMs),
    seenMs: column((point) => point.timeMs + 1500),
    values: column((point) => point.value ?? 1),
    scores: column((point) => point.score ?? 0.5),
    expected: column((point) => point.expected ?? (point.value ?? 1) / 3),
    lower: column((point) => (point.value ?? 1) - 0.1),
    upper: column((point) => (point.value ?? 1) + 0.1),
    flags: Uint16Array.from(points, (point) => point.flags ?? 0),
  };
}

export function makeBatch(
  key: string,
  part: Partial<AppendBatch> & { readonly points?: readonly Point[] } = {},
): AppendBatch {
  const { points = [], ...rest } = part;
  return {
    epoch: 1,
    key,
    position: { seenMs: T0, stream: 'tape-a' },
    tracks: [podTrack('cart-1')],
    scores: makeScores(points),
    findings: [],
    spans: [],
    edges: [],
    ...rest,
  };
}

export interface FindingPart {
  readonly startMs?: number;
  readonly closedMs?: number;
  readonly pod?: string;
  readonly service?: string;
  readonly metric?: string;
  readonly detector?: string;
  readonly peakScore?: number;
  readonly series?: string;
}

export function makeFinding(id: string, part: FindingPart = {}): Finding {
  const { startMs = T0, closedMs, metric = 'cpu_usage', detector = 'd', peakScore = 7 } = part;
  const evidence = {
    series: part.series ?? podTrack(part.pod ?? 'cart-1').series,
    metricName: metric,
    timeMs: startMs,
    value: 3,
    expected: 1,
    lower: Number.NaN,
    upper: Number.POSITIVE_INFINITY,
    score: peakScore,
    threshold: 6,
    algorithm: 'median',
    baseline: { count: 0, fromMs: Number.NaN, toMs: Number.NaN },
    points: 3,
    guards: [{ guard: 'direction' as const, passed: true, limit: 'above', actual: -0 }],
  };
  return {
    id,
    detector,
    entity:
      part.service === undefined
        ? { kind: 'pod', namespace: 'shop', name: part.pod ?? 'cart-1' }
        : { kind: 'service', namespace: 'shop', name: part.service },
    family: metric,
    metric,
    direction: 'above',
    startMs,
    confirmedMs: startMs + 2 * MINUTE,
    seenMs: startMs + 2 * MINUTE + 1500,
    ...(closedMs === undefined ? {} : { endMs: closedMs - MINUTE, closedMs, closedSeenMs: closedMs + 1500 }),
    opening: evidence,
    peak: evidence,
    members: [{ series: evidence.series, metricName: metric, peakScore, points: 3 }],
  };
}

export const BEYOND = FLAG.beyondThreshold;
export const OPEN = FLAG.findingOpen;
