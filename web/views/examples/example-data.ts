// Made-up data in the shapes of the API's contract, for the page of examples.
import type { EvidenceView, Felt, ReplayState, SeriesData, Tile, Timeline } from '#api/rest/contract.ts';
import { FLAG } from '#model/score.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2022, 7, 22, 5, 20);
const START = NOW - 8 * HOUR;

export const EXAMPLE_REPLAY: ReplayState = {
  mode: 'replay',
  live: null,
  tape: {
    name: 'an example',
    source: 'made up',
    fromMs: START,
    toMs: NOW + HOUR,
    segments: [
      { name: 'quiet hours', fromMs: START, toMs: START + 4 * HOUR, shiftedMs: -24 * HOUR, warmUp: true },
      { name: 'fault hours', fromMs: START + 6 * HOUR, toMs: NOW + HOUR, shiftedMs: 0, warmUp: false },
    ],
  },
  nowMs: NOW,
  state: 'paused',
  speed: 60,
  progress: null,
  message: null,
  droppedSamples: 0,
  samplesPerSecond: 0,
};

const entity = (name: string) => ({ kind: 'service' as const, namespace: 'shop', name });

export const EXAMPLE_TILES: readonly Tile[] = [
  tile('frontend', 'red', 1, 3),
  tile('checkoutservice', 'red', 0.3, 1),
  tile('a-service-with-a-name-that-is-much-longer-than-any-tile-is-wide', 'red', 0.1, 1),
  tile('cartservice', 'amber', 0.4, 0),
  tile('adservice', 'green', 0, 0),
  tile('emailservice', 'green', 0, 0),
];

function tile(name: string, severity: Tile['severity'], impact: number, openFindings: number): Tile {
  const worst = {
    id: name,
    metric: 'pod_server_latency_p90_seconds',
    score: 4 + 9 * impact,
    value: 0.254,
    expected: 0.082,
  };
  return {
    entity: entity(name),
    service: name,
    severity,
    impact,
    openFindings,
    sinceMs: severity === 'green' ? null : NOW - 4 * MINUTE,
    worst: severity === 'green' ? null : worst,
    series: 12,
    pods: [`${name}-0`],
  };
}

export const EXAMPLE_FELT: readonly Felt[] = [
  felt('service_success_ratio', 'success-ratio', 0.62, 1, 'red', true),
  felt('service_latency_p90_seconds', 'latency', 0.466, 0.499, 'green', true),
  felt('pod_success_ratio', 'success-ratio', 0, 0, 'green', false),
];

function felt(
  metric: string,
  kind: Felt['kind'],
  value: number,
  expected: number,
  severity: Felt['severity'],
  measured: boolean,
): Felt {
  return { metric, series: `${metric}{service="frontend"}`, kind, value, expected, measured, severity, unusual: false };
}

const minutes = Array.from({ length: 8 * 60 }, (_, i) => START + i * MINUTE).filter(
  (ms) => ms < START + 4 * HOUR || ms > START + 6 * HOUR,
);

export const EXAMPLE_TIMELINE: Timeline = {
  fromMs: START,
  toMs: NOW + HOUR,
  segments: EXAMPLE_REPLAY.tape.segments,
  faults: 0,
  felt: {
    series: 'service_latency_p90_seconds{service="frontend"}',
    timesMs: minutes,
    values: minutes.map((ms, i) => 0.5 + 0.06 * Math.sin(i / 3) + (ms > NOW - 10 * MINUTE ? 3 : 0)),
  },
  findings: [
    {
      id: 'a',
      startMs: START + HOUR,
      endMs: START + HOUR + 6 * MINUTE,
      severity: 'amber',
      entity: entity('a'),
      service: 'a',
      metric: 'm',
    },
    {
      id: 'b',
      startMs: NOW - 10 * MINUTE,
      endMs: null,
      severity: 'red',
      entity: entity('b'),
      service: 'b',
      metric: 'm',
    },
    {
      id: 'c',
      startMs: NOW - 6 * MINUTE,
      endMs: null,
      severity: 'red',
      entity: entity('c'),
      service: 'c',
      metric: 'm',
    },
  ],
};

export const EXAMPLE_EVIDENCE: EvidenceView = {
  series: 'pod_server_latency_p90_seconds{pod="frontend-0"}',
  metricName: 'pod_server_latency_p90_seconds',
  timeMs: NOW - 4 * MINUTE,
  value: 0.254,
  expected: 0.082,
  lower: 0.05,
  upper: 0.114,
  score: 9.1,
  threshold: 6,
  algorithm: 'median-iqr',
  baseline: { count: 120, fromMs: NOW - 2 * HOUR, toMs: NOW - 30 * MINUTE },
  points: 5,
  guards: [
    { guard: 'direction', passed: true, limit: 'above', actual: 'above' },
    { guard: 'absolute', passed: true, limit: 0.02, actual: 0.172 },
    { guard: 'relative', passed: true, limit: 1, actual: 2.1 },
    { guard: 'range', passed: true, limit: '0..', actual: 0.254 },
    { guard: 'persistence', passed: false, limit: '6/6', actual: '5/6' },
  ],
};

export const EXAMPLE_SERIES: SeriesData = {
  track: 'example|pod_server_latency_p90_seconds',
  detector: 'example',
  series: 'pod_server_latency_p90_seconds{pod="frontend-0"}',
  metric: 'pod_server_latency_p90_seconds',
  threshold: 6,
  stepMs: MINUTE,
  timesMs: [NOW - 3 * MINUTE, NOW - 2 * MINUTE, NOW - MINUTE],
  values: [0.08, null, 0.14],
  expected: [0.082, null, 0.082],
  lower: [0.05, null, 0.05],
  upper: [0.11, null, 0.11],
  scores: [-0.2, null, 6.4],
  flags: [0, FLAG.missing, FLAG.beyondThreshold | FLAG.failedRelative | FLAG.failedPersistence],
};
