// The windows of declared detectors, asked of a Prometheus: one query for the pods of a group, or a few where there are many.
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import { selectorQuery } from '#collect/prometheus/selector-query.ts';
import type { WindowSource } from '#pipeline/window-source.ts';
import type { CounterNames } from './counter-names.ts';

/** Letters of pods' names in one query: through the API server a query must fit into an address. */
const NAMES_PER_QUERY = 4000;

export function prometheusWindows(source: Pick<PrometheusSource, 'queryRange'>, counters: CounterNames): WindowSource {
  return {
    async window({ namespace, metricName, pods, startMs, endMs, stepMs }, limits) {
      const rated = (await counters.has(metricName)) ? { rateWindowMs: rateWindowOf(stepMs) } : {};
      const parts: FetchedSeries[] = [];
      for (const anyOf of cutByLength(pods, NAMES_PER_QUERY)) {
        const matchers = [
          { label: 'namespace', operator: '=', value: namespace },
          { label: 'pod', anyOf },
        ] as const;
        const promql = selectorQuery({ metricName, matchers, ...rated });
        // One after the other: the scheduler decides how much is asked at once.
        parts.push(...(await source.queryRange({ promql, startMs, endMs, stepMs }, limits)));
      }
      return parts;
    },
  };
}

/** Pieces whose names have so many letters together at most; each has one name at least. */
function cutByLength(names: readonly string[], most: number): string[][] {
  const pieces: string[][] = [];
  let letters = Number.POSITIVE_INFINITY;
  for (const name of names) {
    letters += name.length + 1;
    if (letters > most) {
      pieces.push([]);
      letters = name.length + 1;
    }
    pieces.at(-1)?.push(name);
  }
  return pieces;
}

/** Four steps, so that a scrape that is late or missing leaves no hole; never less than two minutes. */
function rateWindowOf(stepMs: number): number {
  return Math.max(4 * stepMs, 120_000);
}
