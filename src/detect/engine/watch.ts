// One series as one plan watches it while it is not simply normal: its run of points, and its part in an episode. Also how a
// point of its run becomes the evidence that a finding shows.
import type { Evidence } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { metricNameOf } from '#model/series.ts';
import { explainGuards } from '../guards.ts';
import type { Group } from './episode.ts';
import type { Lens } from './lens.ts';
import { countVerdict, fieldOf, newestVerdict, type Run } from './run.ts';

export interface Watch {
  readonly lens: Lens;
  /** What its rows and findings are called by. */
  info: Track;
  readonly state: Float64Array;
  readonly run: Run;
  readonly group: Group;
  /** Of the last value. */
  lastMs: number;
  lastSeenMs: number;
}

/** A pause of five minutes, or of three points where they are rarer, is a silence. */
export function silenceOf(stepMs: number): number {
  return Math.max(300_000, 3 * stepMs);
}

/** The evidence of the point at `place` of the run, as decided at the newest point; `room` as `explainGuards` takes it. */
export function evidenceAt(watch: Watch, place: number, room: number): Evidence {
  const { run } = watch;
  const { plan, online } = watch.lens;
  const value = fieldOf(run, place, 'value');
  const expected = fieldOf(run, place, 'expected');
  const score = fieldOf(run, place, 'score');
  const timeMs = fieldOf(run, place, 'timeMs');
  const denominator = fieldOf(run, place, 'denominator');
  const among = countVerdict(run, newestVerdict(run));
  return {
    series: watch.info.series,
    metricName: metricNameOf(watch.info.labels),
    timeMs,
    value,
    expected,
    lower: fieldOf(run, place, 'lower'),
    upper: fieldOf(run, place, 'upper'),
    score,
    threshold: plan.threshold,
    algorithm: online.nameOf?.(watch.state) ?? plan.algorithm,
    baseline: {
      count: fieldOf(run, place, 'baselineCount'),
      fromMs: fieldOf(run, place, 'baselineFromMs'),
      toMs: fieldOf(run, place, 'baselineToMs'),
    },
    points: Math.max(run.streak, among),
    guards: explainGuards(plan, { timeMs, value, expected, score, denominator }, { points: among, of: run.of }, room),
  };
}
