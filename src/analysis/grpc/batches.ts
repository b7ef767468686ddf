// Cuts jobs into calls: neither a request nor its answer, which is twice as large, goes beyond 2 MiB, and no call has so many
// windows that one replica works while the others wait.
import type { AnalysisJob } from '../contract.ts';
import type { Method } from '../wire/method.ts';
import type { ScoreWindowsRequest } from '../wire/score-windows.ts';
import type { Window } from '../wire/window.ts';

const BATCH_BYTES = 2 * 1024 * 1024;
/** Four columns of doubles come back for each point. */
const POINT_BYTES = 32;
const WINDOW_BYTES = 64;
const WINDOWS = 1000;
/** A window of this many points fits into a call of its own, and is as long as our server takes it. */
export const MOST_POINTS = 50_000;

export interface Batch extends ScoreWindowsRequest {
  /** Indices of the jobs, one for each window. */
  readonly jobs: readonly number[];
}

/** `indices`: which of the jobs, each of at most `MOST_POINTS`. */
export function cutIntoBatches(jobs: readonly AnalysisJob[], indices: readonly number[]): readonly Batch[] {
  const batches: Batch[] = [];
  let [batch, bytes] = [emptyBatch(), 0];
  for (const index of indices) {
    const job = jobs[index];
    if (job === undefined) continue;
    const own = sizeOf(job);
    if (batch.windows.length === WINDOWS || (batch.windows.length > 0 && bytes + own > BATCH_BYTES)) {
      batches.push(batch);
      [batch, bytes] = [emptyBatch(), 0];
    }
    bytes += own;
    batch.jobs.push(index);
    batch.windows.push({ method: batch.methodOf(job), metricName: job.metricName, series: job.series });
  }
  if (batch.windows.length > 0) batches.push(batch);
  return batches;
}

function emptyBatch() {
  const [methods, windows, jobs]: [Method[], Window[], number[]] = [[], [], []];
  const known = new Map<string, number>();
  const methodOf = ({ algorithm, parameters, threshold }: AnalysisJob) => {
    const key = JSON.stringify([algorithm, threshold, parameters]);
    const index = known.get(key) ?? methods.push({ algorithm, parameters, threshold }) - 1;
    known.set(key, index);
    return index;
  };
  return { methods, windows, jobs, methodOf };
}

/** Of the larger of request and answer, and of a method told with it; a character is at most three bytes. */
function sizeOf({ metricName, series, parameters }: AnalysisJob): number {
  const parameterBytes = Object.keys(parameters).length === 0 ? 0 : JSON.stringify(parameters).length * 3;
  return WINDOW_BYTES + metricName.length * 3 + parameterBytes + series.values.length * POINT_BYTES;
}
