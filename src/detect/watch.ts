// One series as one plan watches it: its scorer's state, its run of points, its newest score, and the number of its rows.
// Also how a point of its run becomes the evidence that a finding shows.
import type { Evidence } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import type { Score, Track } from '#model/score.ts';
import { metricNameOf } from '#model/series.ts';
import type { OnlineScorer } from './contract.ts';
import type { Group } from './episode.ts';
import { explainGuards } from './guards.ts';
import { emptySeries } from './rolling-scorer.ts';
import { clearRun, countVerdict, fieldOf, newestVerdict, type Run } from './run.ts';

export interface Watch {
  readonly plan: Plan;
  /** What its rows and findings are called by. */
  info: Track;
  readonly online: OnlineScorer;
  readonly state: Float64Array;
  readonly run: Run;
  readonly group: Group;
  /** After so long without a value the series is silent: its run is over, and it leaves its episode. */
  readonly silentMs: number;
  /** The same series under the same settings in an earlier detector: it is scored once, and this watch repeats it. */
  readonly twin: Watch | undefined;
  /** The newest score of the plan that this is a watch of, whichever series it was: that of this one while it is stepped. */
  readonly score: Score;
  /** What was decided about the newest point. */
  flags: number;
  /** Number in the output; −1 until the first row. */
  track: number;
  /** Of the last value; NaN before the first. */
  lastMs: number;
  lastSeenMs: number;
}

/** A pause of five minutes, or of three points where they are rarer, is a silence. */
export function silenceOf(stepMs: number): number {
  return Math.max(300_000, 3 * stepMs);
}

/** The evidence of the point at `place` of the run, as decided at the newest point. */
export function evidenceAt(watch: Watch, place: number): Evidence {
  const { plan, run } = watch;
  const value = fieldOf(run, place, 'value');
  const expected = fieldOf(run, place, 'expected');
  const score = fieldOf(run, place, 'score');
  const among = countVerdict(run, newestVerdict(run));
  return {
    series: watch.info.series,
    metricName: metricNameOf(watch.info.labels),
    timeMs: fieldOf(run, place, 'timeMs'),
    value,
    expected,
    lower: fieldOf(run, place, 'lower'),
    upper: fieldOf(run, place, 'upper'),
    score,
    threshold: plan.threshold,
    algorithm: watch.online.nameOf?.(watch.state) ?? plan.algorithm,
    baseline: {
      count: fieldOf(run, place, 'baselineCount'),
      fromMs: fieldOf(run, place, 'baselineFromMs'),
      toMs: fieldOf(run, place, 'baselineToMs'),
    },
    points: Math.max(run.streak, among),
    guards: explainGuards(plan, value, expected, score, { points: among, of: run.of }),
  };
}

/** Forgets what was seen, as if the series came for the first time. An open episode it does not leave: silence sees to that. */
export function beginAnew(watch: Watch): void {
  clearRun(watch.run);
  if (watch.twin === undefined) watch.state.set(watch.online.start(emptySeries(watch.info.stepMs)));
}
