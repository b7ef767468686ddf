// Builds what tests of the engine need: plans, series and blocks of samples, from as little as a test wants to say.
import type { Finding } from '#model/finding.ts';
import type { Guards, Plan } from '#model/plan.ts';
import type { Labels, SeriesInfo } from '#model/series.ts';
import type { SampleBlock } from '#model/signal.ts';
import type { Engine, StepOutput } from '../contract.ts';

export const MINUTE_MS = 60_000;
export const START_MS = Date.UTC(2022, 7, 22);

export const PLAIN_GUARDS: Guards = {
  direction: 'both',
  minAbsoluteDeviation: 0,
  minRelativeDeviation: 0,
  range: {},
  persistence: { points: 3, of: 3, clear: 2 },
  missing: 'ignore',
};

/** A plan that finds values above 10 in `latency_seconds`, unless told otherwise. */
export function planOf(given: Partial<Omit<Plan, 'guards'>> & { readonly guards?: Partial<Guards> } = {}): Plan {
  return {
    detector: 'd',
    selector: {},
    metricName: 'latency_seconds',
    algorithm: 'static-threshold',
    parameters: given.algorithm === undefined ? { above: 10 } : {},
    threshold: 3,
    ...given,
    guards: { ...PLAIN_GUARDS, ...given.guards },
  };
}

export function seriesOf(id: number, labels: Labels = {}, stepMs = MINUTE_MS): SeriesInfo {
  return { id, labels: { __name__: 'latency_seconds', namespace: 'shop', pod: 'cart-1', ...labels }, stepMs };
}

export interface Sample {
  readonly id: number;
  readonly timeMs: number;
  readonly seenMs?: number;
  readonly value: number;
}

export function blockOf(samples: readonly Sample[]): SampleBlock {
  return {
    timesMs: Float64Array.from(samples, ({ timeMs }) => timeMs),
    seenMs: Float64Array.from(samples, ({ timeMs, seenMs }) => seenMs ?? timeMs + 1000),
    ids: Uint32Array.from(samples, ({ id }) => id),
    values: Float64Array.from(samples, ({ value }) => value),
  };
}

/** One sample a minute of series `id`, from minute `from` on; undefined leaves a minute out. */
export function minutesOf(id: number, values: readonly (number | undefined)[], from = 0): Sample[] {
  return values.flatMap((value, index) =>
    value === undefined ? [] : [{ id, timeMs: START_MS + (from + index) * MINUTE_MS, value }],
  );
}

/** Samples of several series in the order of their times. */
export function merge(...streams: readonly (readonly Sample[])[]): Sample[] {
  return streams.flat().sort((a, b) => a.timeMs - b.timeMs || a.id - b.id);
}

/** The minute since START_MS. */
export const minuteOf = (timeMs: number | undefined) =>
  timeMs === undefined ? undefined : (timeMs - START_MS) / MINUTE_MS;

/** What blocks gave together: each row with its track's key, and each finding as it was last. */
export interface Gathered {
  readonly rows: { key: string; timeMs: number; score: number; flags: number }[];
  readonly findings: Map<string, Finding>;
}

export function gather(engine: Engine, blocks: readonly SampleBlock[]): Gathered {
  const keys: string[] = [];
  const gathered: Gathered = { rows: [], findings: new Map() };
  for (const block of blocks) take(gathered, keys, engine.step(block));
  return gathered;
}

function take(into: Gathered, keys: string[], { scores, newTracks, findings }: StepOutput): void {
  for (const { track, info } of newTracks) keys[track] = info.key;
  for (let row = 0; row < scores.tracks.length; row++) {
    into.rows.push({
      key: keys[scores.tracks[row] ?? -1] ?? '?',
      timeMs: scores.timesMs[row] ?? Number.NaN,
      score: scores.scores[row] ?? Number.NaN,
      flags: scores.flags[row] ?? -1,
    });
  }
  for (const finding of findings) {
    into.findings.delete(finding.id);
    into.findings.set(finding.id, finding);
  }
}
