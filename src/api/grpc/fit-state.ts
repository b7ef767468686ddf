// Fits here what is stepped elsewhere: the state of an algorithm after a history, with what tells whom it belongs to.
import { parametersHash } from '#analysis/parameters-hash.ts';
import type { FitRequest, FittedState } from '#analysis/wire/fit.ts';
import type { Algorithm } from '#detect/contract.ts';
import { AppError } from '#kit/errors.ts';
import { problemOfWindow } from './problem-of-window.ts';
import { chooseScorer } from './window-scorer.ts';

export interface FitDeps {
  readonly algorithms: Readonly<Record<string, Algorithm>>;
  readonly version: string;
  readonly mostPoints: number;
}

/** Throws `bad-input` with a sentence where there is nothing to fit. */
export function fitState({ method, history }: FitRequest, { algorithms, version, mostPoints }: FitDeps): FittedState {
  const { series } = history;
  const problem = problemOfWindow(series, mostPoints);
  if (problem !== undefined) throw new AppError('bad-input', problem);
  const { scorer, values } = chooseScorer(method, series.stepMs, algorithms);
  if (scorer.online === undefined) {
    throw new AppError('bad-input', `${method.algorithm} has no online form: it scores whole windows only`);
  }
  return {
    state: scorer.online.start(series),
    algorithm: method.algorithm,
    version,
    parametersHash: parametersHash(values),
    lastTimeMs: series.timesMs.at(-1) ?? 0,
  };
}
