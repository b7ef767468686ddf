// What a declared detector is to the flow: a window of each of its pods' series, scored as a whole again and again (D2).
import type { Plan } from '#model/plan.ts';
import type { ScheduledPlan } from './scheduler.ts';

/** An hour is looked at, in steps of half a minute: 120 points, of which a new pod has its first ten after 5 minutes. */
export const WINDOW_MS = 3_600_000;
export const WINDOW_STEP_MS = 30_000;
/** Fewer points than this are a series' warm-up, whichever method scores it. */
export const LEAST_POINTS = 10;
/** A pod is anomalous while one of its points of the last five minutes is. */
export const RECENT_MS = 300_000;

export interface WindowPlan extends ScheduledPlan {
  /** Of the detector: which object it is, and where it stands. */
  readonly uid: string;
  readonly owner: string;
  readonly generation: number;
  /** Of the pods. */
  readonly namespace: string;
  /** Of the detector; its selector is empty, because the pods are chosen already. */
  readonly plan: Plan;
  readonly pods: ReadonlySet<string>;
  readonly windowMs: number;
  readonly stepMs: number;
  /** From one check to the next. */
  readonly intervalMs: number;
  /** Series at most, as things are now; with more it is not scored. Absent: as many as one check may hold. */
  readonly seriesLeft?: () => number;
  /** Whether it is scored in this process, wherever the others are. */
  readonly isHere?: boolean;
}

/** Plans that ask the same source for the same metric in the same steps share a query. */
export function windowGroup(
  namespace: string,
  { metricName, query = '', isCounter }: Pick<Plan, 'metricName' | 'query' | 'isCounter'>,
  stepMs: number,
  windowMs: number,
): string {
  const kind = isCounter === undefined ? '' : isCounter ? ' counter' : ' gauge';
  return `${namespace} ${metricName}${kind} ${stepMs} ${windowMs} ${query}`.trimEnd();
}

/** What the guards say of a point, as `evaluateGuards` of detect does; the flow knows of steps what they promise. */
export type Guard = (
  plan: Plan,
  timeMs: number,
  value: number,
  expected: number,
  score: number,
  denominator?: number,
) => number;

/** What was scored and is no more, for longer than it may be. */
export interface Silent {
  readonly metricName: string;
  /** Its newest scored point. */
  readonly sinceMs: number;
}

/** What a check of one detector came to. */
export type WindowOutcome =
  | {
      readonly kind: 'analysed';
      readonly checkedMs: number;
      /** Names, worst first. */
      readonly anomalousPods: readonly string[];
      readonly series: number;
      /** Series that have a score, and those that are still too short for one. */
      readonly scored: number;
      readonly warming: number;
      /** Time of the newest scored point; NaN without one. */
      readonly newestMs: number;
      /** Series that could not be scored, and the first reason. */
      readonly refused: number;
      readonly message?: string;
      /** While nothing is scored: how long until the first series has its ten points, or why these do not do. */
      readonly warmMs?: number;
      readonly tooShort?: string;
      /** Why some pods have no series, where the source knows. */
      readonly absent?: string;
      /** The largest newest score of each pod, with its sign. */
      readonly latestScores: ReadonlyMap<string, number>;
      /** When findings were confirmed that opened or changed, in the time of their points. */
      readonly confirmedMs: readonly number[];
      readonly silent?: Silent;
    }
  | { readonly kind: 'no-metrics'; readonly checkedMs: number; readonly absent?: string; readonly silent?: Silent }
  | {
      readonly kind: 'failed';
      readonly checkedMs: number;
      readonly code: string;
      readonly message: string;
      /** Where they were counted. */
      readonly series?: number;
    };

/** A check that was made, whatever it found. */
export type Analysed = Extract<WindowOutcome, { kind: 'analysed' }>;

/** The code of a failure: more series than the detector may have. */
export const OVER_BUDGET = 'over-budget';

export function overBudget(checkedMs: number, what: string, series: number, budget: number): WindowOutcome {
  const counted = `${what}: ${series} series of these pods, and the budget is ${budget}`;
  const message = `${counted}. Choose fewer pods, aggregate with a query, or raise spec.budget.series`;
  return { kind: 'failed', checkedMs, code: OVER_BUDGET, message, series };
}
