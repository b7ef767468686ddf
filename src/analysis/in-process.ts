// Scoring in this very process, for one that has no replica, and as the way out when none answers. How a window is scored
// is passed in: this room knows no algorithm. It lets others run in between, so that a large batch delays nobody.
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Analyser, AnalysisJob, AnalysisOutcome } from './contract.ts';
import { outcomeOf, refused, type ScoreColumns } from './outcome.ts';

export interface InProcessOptions {
  /** Throws where the job cannot be scored: that job's outcome is then `refused`. */
  score(job: AnalysisJob): ScoreColumns;
  readonly clock: Clock;
  /** Told of what is no AppError: a fault of the algorithm, which no other job suffers from. */
  onFault?(error: unknown, job: AnalysisJob): void;
  /** How long it scores before others may run. */
  readonly sliceMs?: number;
}

export function createInProcessAnalyser(options: InProcessOptions): Analyser {
  const { score, clock, sliceMs = 10 } = options;
  const one = (job: AnalysisJob): AnalysisOutcome => {
    try {
      return outcomeOf(score(job), job.algorithm, job.series.values);
    } catch (error) {
      if (error instanceof AppError) return refused(error.message);
      options.onFault?.(error, job);
      const reason = error instanceof Error ? error.message : String(error);
      return refused(`${job.algorithm} failed on this window: ${reason}`);
    }
  };
  return {
    address: 'this process',
    async analyse(jobs, signal) {
      const outcomes: AnalysisOutcome[] = [];
      let untilMs = clock.nowMs() + sliceMs;
      for (const job of jobs) {
        if (clock.nowMs() >= untilMs) {
          await turn();
          untilMs = clock.nowMs() + sliceMs;
        }
        signal?.throwIfAborted();
        outcomes.push(one(job));
      }
      return outcomes;
    },
    close: async () => {},
  };
}
