// Prometheus, or anything that speaks its HTTP API, as the rest of the house sees it.
import type { Labels } from '#model/series.ts';

/** One series of an answer, in columns. Times ascend; a gap is a gap; stale markers are left out, NaN and ±Inf are NaN. */
export interface FetchedSeries {
  readonly labels: Labels;
  /** Epoch milliseconds. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export interface RangeQuery {
  /** PromQL that was built from a syntax tree. */
  readonly promql: string;
  /** Inclusive, aligned to the step. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface FetchLimits {
  /** More series than this is an error that names the number, and nothing of it is used. */
  readonly maxSeries: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface PrometheusSource {
  /** For messages: its address without credentials. */
  readonly address: string;
  /**
   * The whole range or an error, never a part: ranges beyond 11,000 steps are split and joined. The newest step that may
   * still be filling is the caller's to leave out. Rejects with an AppError: `unavailable` (retryable; away, slow, 5xx,
   * half a body), `bad-input` (not a Prometheus, or it refused the query), `too-much` (beyond the limits), `forbidden`.
   */
  queryRange(query: RangeQuery, limits: FetchLimits): Promise<readonly FetchedSeries[]>;
  /** Names of series, and whether they count up, where it knows (`/api/v1/metadata`). Rejects as `queryRange` does. */
  counters(signal?: AbortSignal): Promise<ReadonlyMap<string, boolean>>;
  /**
   * What time it is there: samples carry that clock's times, and no other's. Rejects as `queryRange` does; with
   * `bad-input` where it does not tell.
   */
  nowMs(limits: Pick<FetchLimits, 'timeoutMs' | 'signal'>): Promise<number>;
  close(): Promise<void>;
}
