// What is worked out once for all series that the same plans watch: a lens is a plan as it looks at series of one distance
// between samples, a cohort the lenses through which some series are seen.
import { type Plan, planMatches } from '#model/plan.ts';
import { emptyScore, type Score } from '#model/score.ts';
import type { Labels } from '#model/series.ts';
import type { Algorithm, OnlineScorer } from '../contract.ts';
import { emptySeries } from '../rolling-scorer.ts';
import { completeParams, settingsKey } from '../settings.ts';
import { onlineOf } from '../windowed.ts';
import { silenceOf } from './watch.ts';

/** The same number for the same settings, within one directory. */
export interface Settings {
  readonly number: number;
  readonly text: string;
}

export interface Lens {
  readonly plan: Plan;
  readonly settings: Settings;
  readonly online: OnlineScorer;
  /** The state of a series that was not seen yet. */
  readonly cold: Float64Array;
  readonly stepMs: number;
  /** After so long without a value a series is silent: its run is over, and it leaves its episode. */
  readonly silentMs: number;
  /** The same settings in an earlier detector: a series is scored once, and this lens repeats it. */
  readonly twin: Lens | undefined;
  /** The newest score, whichever series it was: that of the one that is being stepped; a plan watches a series once at most. */
  readonly score: Score;
  /** What was decided about that point. */
  flags: number;
}

export interface Cohort {
  /** In the order of the plans. */
  readonly lenses: readonly Lens[];
  /** The shortest of its plans. */
  readonly forgetMs: number;
}

interface Prepared {
  readonly plan: Plan;
  readonly settings: Settings;
  readonly onlineFor: (stepMs: number) => OnlineScorer;
}

/** Finds the cohort of a series with these labels. A plan whose algorithm is not in the registry is a programming error and throws. */
export function createCohorts(
  plans: readonly Plan[],
  registry: Readonly<Record<string, Algorithm>>,
): (labels: Labels, stepMs: number) => Cohort {
  const numbers = new Map<string, number>();
  const prepared = plans.map((plan) => prepare(plan, registry, numbers));
  const cohorts = new Map<string, Cohort>();
  return (labels, stepMs) => {
    const matching = prepared.filter(({ plan }) => planMatches(plan, labels));
    const key = `${stepMs} ${matching.map((one) => prepared.indexOf(one)).join()}`;
    const cohort = cohorts.get(key) ?? cohortOf(matching, stepMs);
    cohorts.set(key, cohort);
    return cohort;
  };
}

function prepare(plan: Plan, registry: Readonly<Record<string, Algorithm>>, numbers: Map<string, number>): Prepared {
  const algorithm = Object.hasOwn(registry, plan.algorithm) ? registry[plan.algorithm] : undefined;
  if (algorithm === undefined) {
    throw new TypeError(`detector "${plan.detector}": there is no algorithm "${plan.algorithm}"`);
  }
  const parameters = completeParams(algorithm.params, plan.parameters);
  const text = settingsKey(plan, algorithm);
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  const onlineFor = (stepMs: number) => onlineOf(algorithm.create(parameters, { stepMs }), parameters, stepMs);
  return { plan, settings: { number, text }, onlineFor };
}

function cohortOf(matching: readonly Prepared[], stepMs: number): Cohort {
  const lenses: Lens[] = [];
  for (const { plan, settings, onlineFor } of matching) {
    const twin = lenses.find((other) => other.settings.number === settings.number && other.twin === undefined);
    const online = twin?.online ?? onlineFor(stepMs);
    const cold = online.start(emptySeries(stepMs));
    const silentMs = silenceOf(stepMs);
    lenses.push({ plan, settings, online, cold, stepMs, silentMs, twin, score: emptyScore(), flags: 0 });
  }
  const forgetMs = Math.min(...matching.map(({ plan }) => plan.forgetMs ?? Number.POSITIVE_INFINITY));
  return { lenses, forgetMs };
}
