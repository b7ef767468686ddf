// A plan's settings apart from what it watches: two plans with the same settings look at a family with the same eyes, so
// what they see is one finding. Parameters are completed with the algorithm's defaults first.
import type { Plan } from '#model/plan.ts';
import type { Algorithm, Params, ParamValues } from './contract.ts';

/** `given`, with the default of every parameter that has one and is not given. */
export function completeParams(params: Params, given: ParamValues): ParamValues {
  const complete: Record<string, number | string | boolean> = {};
  for (const [name, param] of Object.entries(params)) {
    const value = given[name] ?? param.default;
    if (value !== undefined) complete[name] = value;
  }
  return complete;
}

/**
 * The same text for the same algorithm, parameters, threshold and guards, in whatever order they were written; also where
 * the algorithm runs elsewhere and `algorithm` only repeats its scores.
 */
export function settingsKey(plan: Plan, algorithm: Algorithm): string {
  const complete = { ...plan.parameters, ...completeParams(algorithm.params, plan.parameters) };
  const parameters = Object.entries(complete).sort(([a], [b]) => (a < b ? -1 : 1));
  const { direction, minAbsoluteDeviation, minRelativeDeviation, range, persistence, missing } = plan.guards;
  const { calendar, denominator, ends } = plan.guards;
  const guards = [
    direction,
    minAbsoluteDeviation,
    minRelativeDeviation,
    range.min ?? null,
    range.max ?? null,
    persistence.points,
    persistence.of,
    persistence.clear,
    missing,
    // Findings are called by these settings: what is not asked for must not rename them.
    ...(calendar === undefined && denominator === undefined ? [] : [calendar ?? null, denominator ?? null]),
    ...(ends === undefined ? [] : [{ ends }]),
  ];
  return JSON.stringify([plan.algorithm, parameters, plan.threshold, guards]);
}
