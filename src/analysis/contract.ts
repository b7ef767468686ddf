// Scoring whole windows somewhere: in this process, on a replica that serves our own calls, or on somebody's server that
// knows only the old contract (proto/analysis.proto). The caller cannot tell them apart.
import type { Series } from '#model/series.ts';

export interface AnalysisJob {
  /** Of the series; an old server never sees labels. */
  readonly metricName: string;
  readonly series: Series;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly threshold: number;
  /** It is to be scored in this process, wherever the others are. */
  readonly isHere?: boolean;
}

/** One entry per point of the series, or a reason why there is none. */
export type AnalysisOutcome =
  | {
      readonly ok: true;
      readonly scores: Float64Array;
      /** NaN throughout where the server does not tell. */
      readonly expected: Float64Array;
      readonly lower: Float64Array;
      readonly upper: Float64Array;
    }
  | {
      readonly ok: false;
      /** `too-short`: fewer points than the method scores: that series' warm-up, not a fault. */
      readonly reason: 'too-short' | 'refused';
      readonly message: string;
    };

export interface Analyser {
  /** For messages: where it is. */
  readonly address: string;
  /**
   * One outcome a job, in their order. Rejects with an AppError (`unavailable`, retryable) when nobody answers after the
   * retries; a job that cannot be scored is an outcome, not an error.
   */
  analyse(jobs: readonly AnalysisJob[], signal?: AbortSignal): Promise<readonly AnalysisOutcome[]>;
  close(): Promise<void>;
}
