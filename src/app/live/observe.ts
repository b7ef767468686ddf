// Observe mode, wired: queries → frames → flow → store, warmed from history.

import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import { createFrameMaker } from '#collect/prometheus/to-frames.ts';
import type { Clock } from '#kit/clock.ts';
import type { Labels, SeriesInfo } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import { createObserver, type Observer, type ObserverStatus } from '#pipeline/observer.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { openFlow } from '../run-tape.ts';

export interface ObserveOptions {
  readonly source: PrometheusSource;
  readonly sink: LiveSink;
  readonly workers: number;
  readonly clock: Clock;
  /** Labels that the cluster knows and the metric does not carry. */
  readonly enrich: (namespace: string, pod: string) => Labels;
  onRound(status: ObserverStatus): void;
}

export interface Observing {
  readonly observer: Observer;
  series(): readonly SeriesInfo[];
  stop(): Promise<void>;
}

export const OBSERVE_STEP_MS = 60_000;
/** As much as the detectors' baselines hold, and some more for what was missing in between. */
const WARM_MS = 3 * 3_600_000;
const MOST_SERIES = 20_000;
const QUERY_MS = 60_000;

export function createObserving(options: ObserveOptions): Observing {
  const { source, sink, clock } = options;
  const flow = openFlow(
    OBSERVED.map(({ plan }) => plan),
    options.workers,
    sink,
  );
  const frames = createFrameMaker({ stepMs: OBSERVE_STEP_MS });
  const known: SeriesInfo[] = [];

  /** What is caught up on after a failure was seen now, not when it would have been. */
  let seenFromMs = Number.NEGATIVE_INFINITY;
  const seenAt = (timeMs: number) => Math.max(seenFromMs, Math.min(clock.nowMs(), timeMs + OBSERVE_STEP_MS));
  const toSignals = (metricName: string, fetched: readonly FetchedSeries[]): readonly Signal[] => {
    const named = fetched.map((series) => ({ ...series, labels: nameOf(metricName, series.labels) }));
    const signals = frames.take(named, seenAt);
    for (const signal of signals) if (signal.kind === 'series') known.push(...signal.series);
    return signals;
  };
  const nameOf = (metricName: string, labels: Labels): Labels => {
    const { namespace = '', pod } = labels;
    return { ...(pod === undefined ? {} : options.enrich(namespace, pod)), ...labels, __name__: metricName };
  };

  const observer = createObserver({
    ...{ source, flow, clock, toSignals },
    onRound: (status) => {
      if (!Number.isNaN(status.newestMs)) seenFromMs = Math.max(seenFromMs, status.newestMs + OBSERVE_STEP_MS);
      options.onRound(status);
    },
    queries: OBSERVED,
    stepMs: OBSERVE_STEP_MS,
    warmMs: WARM_MS,
    maxSeries: MOST_SERIES,
    timeoutMs: QUERY_MS,
  });
  return {
    observer,
    series: () => known,
    async stop() {
      await observer.stop();
      await flow.close();
    },
  };
}
