// Detectors as a user writes them, and series with all that is awkward in them: stray points, a level that shifts, a constant
// that moves, an offset that costs digits, gaps of one and of many points, NaN, and a silence.
import { createRng } from '#stats/rng.ts';

export const METRIC = 'latency';

export interface Watched {
  readonly pod: string;
  /** NaN where there is none. */
  readonly values: Float64Array;
}

/** Detectors, and the series that each of them watches. */
export interface CaseSet {
  readonly stepMs: number;
  readonly points: number;
  readonly manifests: string;
  readonly series: readonly Watched[];
}

function maker(points: number) {
  return (pod: string, valueAt: (index: number) => number): Watched => {
    return { pod, values: Float64Array.from({ length: points }, (_, index) => valueAt(index)) };
  };
}

const POINTS = 420;

function awkwardSeries(): readonly Watched[] {
  const rng = createRng(7);
  const make = maker(POINTS);
  const isGap = (index: number) =>
    index === 40 || index === 61 || (index >= 80 && index < 84) || (index >= 150 && index < 160) || index % 97 === 5;
  const spiky = (index: number) =>
    10 + rng.normal() + ([100, 101, 103, 130, 200, 201, 202, 204, 205].includes(index) ? 12 : 0);
  return [
    make('plain', spiky),
    make('below', (index) => 20 + rng.normal() - (index % 60 > 55 ? 15 : 0)),
    make('shifted', (index) => (index < 220 ? 5 : 9) + 0.2 * rng.normal()),
    make('offset', (index) => 1_000_000 + 3 * rng.normal() + (index % 50 === 30 ? 40 : 0)),
    make('flat', (index) => (index >= 200 && index < 203 ? 4.5 : 4.25)),
    make('gaps', (index) => (isGap(index) ? Number.NaN : spiky(index))),
  ];
}

const METHODS: Readonly<Record<string, string>> = {
  ema: '{ name: ema, ema: { halfLifeMs: 900000, minPoints: 12 } }',
  'rolling-z-score': '{ name: rolling-z-score, rollingZScore: { baselineMs: 2400000, minPoints: 15 } }',
  'static-threshold': '{ name: static-threshold, staticThreshold: { above: 14, below: 6.5 } }',
  'z-score': '{ name: z-score, zScore: { windowMs: 3600000 } }',
};

/** What a detector says beside its method. Thresholds are low where a finding takes several points. */
const GUARDS: Readonly<Record<string, string>> = {
  plain: 'threshold: 3',
  'in-a-row': 'threshold: 1.2, guards: { persistence: { points: 3, clear: 2 }, direction: above }',
  'of-more': 'threshold: 2, guards: { persistence: { points: 2, of: 5, clear: 1 }, minAbsoluteDeviation: 2 }',
  'of-many':
    'threshold: 2, guards: { persistence: { points: 2, of: 4, clear: 3 }, minRelativeDeviation: 0.1, missing: end }',
  ranged: 'threshold: 1, guards: { range: { min: 8.5, max: 21 }, persistence: { points: 2, clear: 2 }, missing: end }',
  'ranged-ignoring':
    'threshold: 0.6, guards: { range: { min: 8, max: 30 }, persistence: { points: 2 }, direction: below }',
};

/** Each method, and each guard with one of them. */
const CASES: readonly (readonly [method: string, guards: string])[] = [
  ...Object.keys(METHODS).map((method) => [method, 'plain'] as const),
  ...Object.keys(GUARDS)
    .slice(1)
    .map((guards) => ['ema', guards] as const),
];

function manifestOf(name: string, step: string, rest: string): string {
  return `
apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name}, namespace: shop }
spec: {
  targets: { matchLabels: { app: cart } }, metrics: [{ name: ${METRIC} }], schedule: { step: ${step}, history: 24h }, ${rest}
}
`;
}

export const AWKWARD: CaseSet = {
  ...{ stepMs: 60_000, points: POINTS, series: awkwardSeries() },
  manifests: CASES.map(([method, guards]) =>
    manifestOf(`${method}-${guards}`, '1m', `method: ${METHODS[method]}, ${GUARDS[guards]}`),
  ).join('---'),
};

const DAY_POINTS = 48;
const DAYS = 5;

/** Days of half-hours in buckets of two hours. A bucket's first point is never missing: rules find a visit by it. */
export const DAILY: CaseSet = {
  ...{ stepMs: 1_800_000, points: DAYS * DAY_POINTS, series: dailySeries() },
  manifests: manifestOf(
    'seasonal-bands',
    '30m',
    'method: { name: seasonal-bands, seasonalBands: { buckets: 12, minPoints: 15, offsetMs: 7200000 } }, threshold: 3',
  ),
};

function dailySeries(): readonly Watched[] {
  const rng = createRng(3);
  const make = maker(DAYS * DAY_POINTS);
  const daily = (index: number) => 10 + 4 * Math.sin((2 * Math.PI * index) / DAY_POINTS) + 0.4 * rng.normal();
  return [
    make('daily', (index) => daily(index) + (index % 61 === 50 ? 5 : 0)),
    make('quiet-noon', (index) => (index >= 156 && index < 162 ? 10.5 : daily(index))),
    make('shifted', (index) => daily(index) + (index > 130 ? 6 : 0)),
    make('gaps', (index) =>
      index % 4 !== 0 && index % 37 < 2 ? Number.NaN : daily(index) + (index % 53 === 50 ? 5 : 0),
    ),
  ];
}
