// Many windows in one call. Each has its own outcome, and between slices other calls run: a batch of slow models must not
// keep health from answering.
import { setImmediate as turn } from 'node:timers/promises';
import type { AnalysisOutcome } from '#analysis/contract.ts';
import { outcomeOf, refused } from '#analysis/outcome.ts';
import type { ScoreWindowsRequest } from '#analysis/wire/score-windows.ts';
import type { Window } from '#analysis/wire/window.ts';
import type { Algorithm } from '#detect/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { AnalysisLimits } from './limits.ts';
import { createWindowScorer } from './window-scorer.ts';

export interface ScoreWindowsDeps {
  readonly algorithms: Readonly<Record<string, Algorithm>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: AnalysisLimits;
  /** Whether the caller has gone: the rest is not scored. */
  isCancelled(): boolean;
}

/** One outcome for each window. Throws `bad-input` where the whole call is too large. */
export async function scoreWindows(
  { methods, windows }: ScoreWindowsRequest,
  { algorithms, clock, log, limits, isCancelled }: ScoreWindowsDeps,
): Promise<readonly AnalysisOutcome[]> {
  const points = windows.reduce((sum, { series }) => sum + series.values.length, 0);
  if (windows.length > limits.windows || points > limits.callPoints) {
    const most = `${limits.windows} windows of ${limits.callPoints} points together`;
    throw new AppError('bad-input', `${windows.length} windows of ${points} points are more than a call's ${most}`);
  }
  const score = createWindowScorer(algorithms, limits.windowPoints);
  const scoreOne = ({ method: index, metricName, series }: Window): AnalysisOutcome => {
    const method = methods[index];
    if (method === undefined) return refused(`there is no method ${index}: the request has ${methods.length}`);
    try {
      return outcomeOf(score(method, series), method.algorithm, series.values);
    } catch (error) {
      if (error instanceof AppError) return refused(error.message);
      log.error({ algorithm: method.algorithm, metric: metricName, err: error }, 'an algorithm failed on a window');
      return refused(`${method.algorithm} failed on this window; the analyser's log says why`);
    }
  };
  const outcomes: AnalysisOutcome[] = [];
  let untilMs = clock.nowMs() + limits.sliceMs;
  for (const window of windows) {
    if (clock.nowMs() >= untilMs) {
      await turn();
      if (isCancelled()) break;
      untilMs = clock.nowMs() + limits.sliceMs;
    }
    outcomes.push(scoreOne(window));
  }
  return outcomes;
}
