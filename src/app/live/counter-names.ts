// Which metrics are counters and must be rated: what Prometheus says of them, read now and then; where it does not know,
// the name's ending decides, as the naming rules of Prometheus and OpenMetrics have it. That it could not be asked is no
// answer: a counter taken for a gauge would fall with each restart of its pod.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

export interface CounterNames {
  /** Rejects while Prometheus was never heard; later what was heard counts, however old it is. */
  has(metricName: string, signal?: AbortSignal): Promise<boolean>;
}

const KEEP_MS = 600_000;
const RETRY_MS = 30_000;

/** The clock should not step. */
export function createCounterNames(source: Pick<PrometheusSource, 'counters'>, clock: Clock): CounterNames {
  let known: ReadonlyMap<string, boolean> | undefined;
  let failure: unknown;
  let dueMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(signal: AbortSignal | undefined): Promise<void> {
    try {
      known = await source.counters(signal);
      dueMs = clock.nowMs() + KEEP_MS;
    } catch (error) {
      failure = error;
      dueMs = clock.nowMs() + RETRY_MS;
      // A store that keeps no metadata says so, again and again: the name's ending has to do.
      if (error instanceof AppError && !error.retryable && signal?.aborted !== true) known ??= new Map();
    }
    reading = undefined;
  }

  return {
    async has(metricName, signal) {
      if (clock.nowMs() >= dueMs) reading ??= read(signal);
      // What is known is not waited for.
      if (known === undefined) await reading;
      if (known === undefined) throw failure;
      return known.get(metricName) ?? metricName.endsWith('_total');
    },
  };
}
