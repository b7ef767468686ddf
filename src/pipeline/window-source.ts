// Where the windows of declared detectors come from: a Prometheus that is asked, or pods that are scraped. The flow knows
// neither queries nor scrapes, only series of pods in steps.
import type { FetchedSeries, FetchLimits } from '#collect/prometheus/contract.ts';

export interface WindowPods {
  readonly namespace: string;
  readonly metricName: string;
  readonly pods: readonly string[];
  /** PromQL whose result is called by the metric's name; it is kept within the namespace. */
  readonly query?: string;
  /** Whether it counts up; absent: its metadata or its name says so. */
  readonly isCounter?: boolean;
}

export interface WindowQuery extends WindowPods {
  /** Inclusive, aligned to the step. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** It was too much before: how much it is should be asked first, where that is cheaper. */
  readonly isDear?: boolean;
}

export interface WindowSource {
  /**
   * The series of these pods, with the labels `namespace` and `pod`; what counts up as its rate. Of a query, its result:
   * a series without `pod` is of none of them. The whole of what was asked for, or an error; never a part. The limits are
   * of all of it together.
   */
  window(query: WindowQuery, limits: FetchLimits): Promise<readonly FetchedSeries[]>;
  /** What time it is where the samples get theirs; absent where that is the own wall clock. */
  nowMs?(signal: AbortSignal): Promise<number>;
  /** Why there is nothing of these pods, where it knows more than that. */
  whyAbsent?(pods: WindowPods): string | undefined;
}
