// Observe mode, wired: queries → frames → flow → store, warmed from history.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Labels, SeriesInfo } from '#model/series.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import { createObserver, type Observer, type ObserverStatus } from '#pipeline/observer.ts';
import { FORGET_MS, OBSERVED } from '#resource/observe/catalogue.ts';
import { openFlow } from '../run-tape.ts';
import { createObservedSignals, MOST_SERIES, OBSERVED_QUERIES, QUERY_MS } from './observed-signals.ts';

export interface ObserveOptions {
  readonly source: PrometheusSource;
  readonly sink: Pick<LiveSink, 'write'>;
  readonly workers: number;
  readonly clock: Clock;
  /** The position that the store has; -Infinity when it is empty. */
  readonly storedMs: number;
  /** Labels that the cluster knows and the metric does not carry. */
  readonly enrich: (namespace: string, pod: string) => Labels;
  onRound(status: ObserverStatus): void;
}

export interface Observing {
  readonly observer: Pick<Observer, 'start' | 'status'>;
  series(): readonly SeriesInfo[];
  stop(): Promise<void>;
}

export const OBSERVE_STEP_MS = 60_000;
/** As much as the detectors' baselines hold, and some more for what was missing in between. */
const WARM_MS = 3 * 3_600_000;

export function createObserving(options: ObserveOptions): Observing {
  const { source, sink, clock, storedMs, onRound } = options;
  const flow = openFlow(
    OBSERVED.map(({ plan }) => plan),
    options.workers,
    sink,
  );
  const signals = createObservedSignals(OBSERVE_STEP_MS, (metricName, labels) => {
    const { namespace = '', pod } = labels;
    return { ...(pod === undefined ? {} : options.enrich(namespace, pod)), ...labels, __name__: metricName };
  });
  const known = new Map<number, SeriesInfo>();

  const observer = createObserver({
    ...{ source, flow, clock, storedMs, onRound },
    toSignals(metricName, fetched, seenMs) {
      const fresh = signals.toSignals(metricName, fetched, seenMs);
      for (const signal of fresh) if (signal.kind === 'series') for (const one of signal.series) known.set(one.id, one);
      return fresh;
    },
    forget(metricName, beforeMs) {
      const gone = signals.forget(metricName, beforeMs);
      for (const id of gone) known.delete(id);
      return gone;
    },
    queries: OBSERVED_QUERIES,
    stepMs: OBSERVE_STEP_MS,
    warmMs: WARM_MS,
    forgetMs: FORGET_MS,
    maxSeries: MOST_SERIES,
    timeoutMs: QUERY_MS,
  });
  return {
    observer,
    series: () => [...known.values()],
    async stop() {
      await observer.stop();
      await flow.close();
    },
  };
}
