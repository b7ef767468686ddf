// Series that nobody tuned to: minute-by-minute KPIs over three weeks, from a seed, with a day, a week, a trend, noise that
// grows with the level, releases that move the level for good, gaps, and tiny counts; and anomalies of six kinds put in
// from the second week on. The kinds and sizes are drawn beforehand, so that no method had a say in them.
import { createRng, type Rng } from '#stats/rng.ts';
import { type Injected, inject, MINUTES_A_DAY, placeAnomalies } from './inject.ts';

export interface GeneratedKpi {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Truth; only truth.ts looks at it. */
  readonly anomalies: readonly Injected[];
}

const DAYS = 21;
const FROM_MS = Date.UTC(2026, 0, 5);
const CLASSES = ['traffic', 'latency', 'gauge', 'memory', 'ratio', 'rare'] as const;
type KpiClass = (typeof CLASSES)[number];
const OF_EACH = 4;

/** Their names: the class and a number, which together are the seed. */
export const GENERATED: readonly string[] = CLASSES.flatMap((name) =>
  Array.from({ length: OF_EACH }, (_, index) => `${name}-${index + 1}`),
);

/** The series of this name; the same on every machine. */
export function generateKpi(name: string): GeneratedKpi {
  const [word = '', number = ''] = name.split('-');
  const kind = CLASSES.find((one) => one === word);
  if (kind === undefined || !(Number(number) >= 1)) throw new RangeError(`no generated series "${name}"`);
  const random = createRng(7919 * (CLASSES.indexOf(kind) + 1) + Number(number));
  const shape = drawShape(kind, random);
  const expected = expectedLevels(shape);
  const noise = (level: number) => noiseAt(shape, level);
  const anomalies = placeAnomalies(expected, noise, { tiny: kind === 'rare', capped: kind === 'ratio' }, random);
  const values = inject(expected, anomalies, { noise, draw: drawer(shape, random) });
  return dropMissing(values, anomalies, random);
}

interface Shape {
  readonly kind: KpiClass;
  readonly level: number;
  /** Share of the level that the day, and the weekend, take away or add. */
  readonly day: readonly { readonly share: number; readonly phase: number }[];
  readonly weekend: number;
  /** Part of the level a day. */
  readonly trend: number;
  readonly noise: number;
  readonly memory: number;
  readonly releases: readonly { readonly minute: number; readonly factor: number }[];
}

const LEVELS: Readonly<Record<KpiClass, readonly [number, number]>> = {
  traffic: [50, 5000],
  latency: [0.02, 0.5],
  gauge: [0.1, 4],
  memory: [2e8, 4e9],
  ratio: [0.9, 0.999],
  rare: [0.02, 1.5],
};

function drawShape(kind: KpiClass, random: Rng): Shape {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const [low, high] = LEVELS[kind];
  const seasonal = kind === 'ratio' ? 0 : kind === 'memory' ? 0.05 : between(0.1, 0.6);
  return {
    kind,
    level: Math.exp(between(Math.log(low), Math.log(high))),
    day: [1, 2, 3].map((harmonic) => ({
      share: (seasonal / harmonic ** 1.5) * between(0.5, 1),
      phase: between(0, 2 * Math.PI),
    })),
    weekend: kind === 'ratio' ? 1 : between(0.6, 1.05),
    trend: kind === 'ratio' ? 0 : between(-0.005, 0.015),
    noise: between(0.02, 0.12),
    memory: between(0, 0.8),
    // Known to somebody, not marked: they come in the first week, when nothing else does.
    releases:
      random.uniform() < 0.5
        ? [{ minute: Math.floor(between(2, 6.5) * MINUTES_A_DAY), factor: between(0.8, 1.3) }]
        : [],
  };
}

/** The level without noise of each minute. */
function expectedLevels(shape: Shape): Float64Array {
  return Float64Array.from({ length: DAYS * MINUTES_A_DAY }, (_, minute) => {
    const turn = (2 * Math.PI * minute) / MINUTES_A_DAY;
    const day = shape.day.reduce(
      (sum, { share, phase }, index) => sum + share * Math.sin((index + 1) * turn + phase),
      1,
    );
    const weekday = Math.floor(minute / MINUTES_A_DAY) % 7;
    const released = shape.releases.reduce((factor, one) => (minute >= one.minute ? factor * one.factor : factor), 1);
    const level =
      shape.level *
      Math.max(0.05, day) *
      (weekday >= 5 ? shape.weekend : 1) *
      (1 + (shape.trend * minute) / MINUTES_A_DAY);
    return shape.kind === 'ratio' ? Math.min(0.9999, shape.level) : level * released;
  });
}

/** One sigma of the noise at this level. */
function noiseAt({ kind, level: usual, noise }: Shape, level: number): number {
  if (kind === 'rare') return Math.sqrt(Math.max(level, 0.5));
  if (kind === 'ratio') return (1 - usual) * 0.5;
  return noise * (0.3 * usual + 0.7 * Math.abs(level)) + (kind === 'traffic' ? Math.sqrt(Math.max(0, level)) : 0);
}

/** Draws values around levels, minute after minute: noise has a memory, latency a long side, counts are whole. */
function drawer(shape: Shape, random: Rng): (level: number, sigma: number) => number {
  let last = 0;
  return (level, sigma) => {
    last = shape.memory * last + Math.sqrt(1 - shape.memory ** 2) * random.normal();
    if (shape.kind === 'rare') return poisson(level, random);
    const skewed = shape.kind === 'latency' ? (Math.exp(0.6 * last) - Math.exp(0.18)) / 0.76 : last;
    const value = level + sigma * skewed;
    if (shape.kind === 'ratio') return Math.min(1, Math.max(0, value));
    return shape.kind === 'traffic' ? Math.max(0, Math.round(value)) : Math.max(0, Number(value.toPrecision(7)));
  };
}

function poisson(mean: number, random: Rng): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-Math.max(0, mean));
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/** Takes out single minutes and two longer gaps; anomalies move with the rows. */
function dropMissing(values: Float64Array, anomalies: readonly Injected[], random: Rng): GeneratedKpi {
  const gone = new Uint8Array(values.length);
  for (let minute = 0; minute < gone.length; minute++) if (random.uniform() < 0.002) gone[minute] = 1;
  for (let gap = 0; gap < 2; gap++) {
    const from = Math.floor(random.uniform() * values.length);
    const to = from + 10 + Math.floor(110 * random.uniform());
    // A gap over an anomaly would leave a label on nothing.
    if (!anomalies.some((one) => one.first < to && one.last >= from)) gone.fill(1, from, to);
  }
  const kept = Array.from(values.keys()).filter((minute) => gone[minute] === 0);
  // The row of a minute, or of the next that is there; none of an anomaly is the last.
  const rowFrom = (minute: number) => kept.findIndex((one) => one >= minute);
  return {
    timesMs: Float64Array.from(kept, (minute) => FROM_MS + minute * 60_000),
    values: Float64Array.from(kept, (minute) => values[minute] as number),
    anomalies: anomalies
      .map((one) => ({ ...one, first: rowFrom(one.first), last: rowFrom(one.last + 1) - 1 }))
      .filter(({ first, last }) => first >= 0 && first <= last),
  };
}
