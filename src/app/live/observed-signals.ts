// From what the observe queries fetched to signals, the same for who watches and for who records: named, with ids told
// once, and stamped with when it was seen.
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { podShares } from '#collect/prometheus/pod-shares.ts';
import { counting, createFrameMaker, type FrameMaker } from '#collect/prometheus/to-frames.ts';
import type { Labels } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import type { ObservedQuery } from '#pipeline/observed-query.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';

/** In one answer; a query that has more is split. */
export const MOST_SERIES = 20_000;
export const QUERY_MS = 60_000;

export const OBSERVED_QUERIES: readonly ObservedQuery[] = OBSERVED.map(({ metricName, promql, splitBy }) => ({
  ...{ metricName, promql },
  ...(splitBy === undefined ? {} : { shares: (count) => podShares(promql, count) }),
}));

export interface ObservedSignals {
  readonly toSignals: (metricName: string, fetched: readonly FetchedSeries[], seenMs: number) => readonly Signal[];
  readonly forget: (metricName: string, beforeMs: number) => readonly number[];
}

export function createObservedSignals(
  stepMs: number,
  nameOf: (metricName: string, labels: Labels) => Labels,
): ObservedSignals {
  const nextId = counting();
  // One for each query, because each is forgotten by its own time.
  const makers = new Map<string, FrameMaker>();
  const makerOf = (metricName: string): FrameMaker => {
    const maker = makers.get(metricName) ?? createFrameMaker({ stepMs, nextId });
    makers.set(metricName, maker);
    return maker;
  };
  return {
    toSignals(metricName, fetched, seenMs) {
      const named = fetched.map((series) => ({ ...series, labels: nameOf(metricName, series.labels) }));
      // What is caught up on after a failure was seen now, and not when it would have been.
      return makerOf(metricName).take(named, (timeMs) => Math.max(seenMs, timeMs + stepMs));
    },
    forget: (metricName, beforeMs) => makerOf(metricName).forgetBefore(beforeMs),
  };
}
