// From a way of scoring, as it was sent or written in a spec, to an algorithm's scorer. An analyser's server and an analyser in
// this process use the same one, so that both give the same numbers and the same sentences.
import type { ScoreColumns } from '#analysis/outcome.ts';
import type { Method } from '#analysis/wire/method.ts';
import type { Algorithm, ParamValues, Scorer } from '#detect/contract.ts';
import { AppError } from '#kit/errors.ts';
import type { Series } from '#model/series.ts';
import { checkParameters } from '#resource/parameters.ts';
import { pathText, unknownName } from '#resource/problem.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { problemOfWindow } from './problem-of-window.ts';

export interface ChosenScorer {
  readonly scorer: Scorer;
  readonly values: ParamValues;
}

/** Throws `bad-input` with a sentence for an algorithm or a parameter that is not known. */
export function chooseScorer(
  { algorithm: name, parameters }: Pick<Method, 'algorithm' | 'parameters'>,
  stepMs: number,
  algorithms: Readonly<Record<string, Algorithm>>,
): ChosenScorer {
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
  if (algorithm === undefined) {
    throw new AppError('bad-input', unknownName('algorithm', name, Object.keys(algorithms)));
  }
  const { values, problems } = checkParameters(parameters, algorithm, ['parameters']);
  if (problems.length > 0) {
    const told = problems.slice(0, 5).map(({ path, message }) => `${pathText(path)}: ${message}`);
    throw new AppError('bad-input', `${name}: ${told.join('; ')}`);
  }
  return { scorer: algorithm.create(values, { stepMs }), values };
}

/**
 * Scores windows; for the in-process analyser as well. Throws `bad-input` where there is no series or no such method.
 * Scorers are kept for as long as what it returns: one for each method and step.
 */
export function createWindowScorer(
  algorithms: Readonly<Record<string, Algorithm>>,
  mostPoints: number = DEFAULT_LIMITS.windowPoints,
): (method: Pick<Method, 'algorithm' | 'parameters'>, series: Series) => ScoreColumns {
  const kept = new WeakMap<object, Map<string, Scorer>>();
  return (method, series) => {
    const problem = problemOfWindow(series, mostPoints);
    if (problem !== undefined) throw new AppError('bad-input', problem);
    // By the parameters' identity: who scores many windows alike says so with one object.
    const known = kept.get(method.parameters) ?? new Map<string, Scorer>();
    kept.set(method.parameters, known);
    const key = `${series.stepMs} ${method.algorithm}`;
    const scorer = known.get(key) ?? chooseScorer(method, series.stepMs, algorithms).scorer;
    known.set(key, scorer);
    return scorer.score(series);
  };
}
