// A detector that scored and silently stopped is itself a finding (D10): how long nothing new of a metric was scored is a
// series like any other, judged against a bound. It has points only while it is beyond the bound, and one when it is over.
import type { GivenScores } from '#detect/contract.ts';
import { seriesKey } from '#model/series.ts';
import type { WindowOutcome, WindowPlan } from './window-plan.ts';

export const SILENCE_METRIC = 'tidewatch_detector_silence_seconds';
/** Below it a scrape or a check is only late. */
const LEAST_SILENCE_MS = 300_000;
const THRESHOLD = 3;
const SCORE_CAP = 100;

/** Nothing new for longer is too long: three checks may fail, and two points be late. */
export function silenceBoundMs({ intervalMs, stepMs }: Pick<WindowPlan, 'intervalMs' | 'stepMs'>): number {
  return Math.max(LEAST_SILENCE_MS, 3 * intervalMs) + 2 * stepMs;
}

/** What a plan's own silence is called where plans are. */
export function silenceKey(planKey: string): string {
  return `${planKey}#silence`;
}

export interface Silences {
  /**
   * How long nothing new was scored; undefined for a plan that never scored in this process as it now is, and for a check
   * that failed.
   */
  ageMs(plan: WindowPlan, outcome: WindowOutcome): number | undefined;
  forget(planKey: string): void;
}

export function createSilences(): Silences {
  /** By plan, its newest scored point. */
  const newest = new Map<string, { readonly generation: number; readonly timeMs: number }>();
  return {
    ageMs({ key, generation }, outcome) {
      if (outcome.kind === 'failed') return undefined;
      const before = newest.get(key);
      // Another spec may watch something else, or need more points for its first score: it is not silent for what was.
      const known = before?.generation === generation ? before.timeMs : Number.NaN;
      const told = outcome.kind === 'analysed' && outcome.scored > 0 ? outcome.newestMs : Number.NaN;
      const newestMs = Math.max(...[told, known].filter((timeMs) => !Number.isNaN(timeMs)));
      if (!Number.isFinite(newestMs)) return undefined;
      newest.set(key, { generation, timeMs: newestMs });
      return outcome.checkedMs - newestMs;
    },
    forget: (planKey) => void newest.delete(planKey),
  };
}

/** The point to be judged, scored as a static threshold scores: the bound is 3, twice the bound 6. */
export function silencePoint(
  watched: WindowPlan,
  ageMs: number,
  checkedMs: number,
): { readonly plan: WindowPlan; readonly given: GivenScores } {
  const { namespace, intervalMs, plan: of } = watched;
  const bound = silenceBoundMs(watched) / 1000;
  const age = ageMs / 1000;
  const labels = { __name__: SILENCE_METRIC, namespace, job: of.detector, metric: of.metricName };
  const plan: WindowPlan = {
    ...watched,
    ...{ key: silenceKey(watched.key), stepMs: intervalMs },
    plan: {
      ...{ detector: of.detector, selector: {}, metricName: SILENCE_METRIC, threshold: THRESHOLD },
      ...{ algorithm: 'static-threshold', parameters: { above: bound } },
      guards: {
        ...{ direction: 'above', minAbsoluteDeviation: 0, minRelativeDeviation: 0, range: {}, missing: 'ignore' },
        persistence: { points: 1, of: 1, clear: 1 },
      },
    },
  };
  const given: GivenScores = {
    ...{ key: seriesKey(labels), labels, stepMs: intervalMs, seenMs: checkedMs },
    timesMs: Float64Array.of(checkedMs),
    values: Float64Array.of(age),
    scores: Float64Array.of(Math.min(SCORE_CAP, (THRESHOLD * age) / bound)),
    expected: Float64Array.of(Math.min(age, bound)),
    lower: Float64Array.of(Number.NaN),
    upper: Float64Array.of(bound),
  };
  return { plan, given };
}
