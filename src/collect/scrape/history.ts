// What was scraped in the last hour, by pod: a ring for each series, and no more of them than fit into memory. A label that
// says whose series it is can only be ours: what a pod itself says of namespace and pod is kept beside it, as Prometheus does.

import { type Labels, metricNameOf, seriesKey } from '#model/series.ts';
import type { FetchedSeries } from '../prometheus/contract.ts';
import type { ExposedSample } from './exposition.ts';
import { ENDED, readSteps, type StepRange } from './read-steps.ts';
import { createRing, type Ring } from './ring.ts';

export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

export interface HistoryOptions {
  readonly windowMs: number;
  readonly intervalMs: number;
  /** All series together. */
  readonly maxSeries: number;
}

export interface Taken {
  /** Samples that were kept. */
  readonly kept: number;
  /** Series that were not, for want of room or because their labels are too large. */
  readonly dropped: number;
}

export interface History {
  /** All that a pod exposed at a moment; series that it had before and has no longer end there. */
  take(pod: PodName, samples: readonly ExposedSample[], timeMs: number): Taken;
  /** The pod has nothing any more from this moment on. */
  end(pod: PodName, timeMs: number): void;
  read(pod: PodName, metricName: string, range: StepRange): readonly FetchedSeries[];
  /** Lets go what ended before the window began. */
  forgetBefore(timeMs: number): void;
  readonly series: number;
}

const MOST_LABELS = 64;
const LONGEST_LABEL = 1024;

interface Known {
  readonly labels: Labels;
  readonly metricName: string;
  readonly isCounter: boolean;
  readonly ring: Ring;
}

export function createHistory({ windowMs, intervalMs, maxSeries }: HistoryOptions): History {
  const pods = new Map<string, Map<string, Known>>();
  /** The window, what is looked back before it, and a marker where it ended. */
  const capacity = Math.ceil(windowMs / intervalMs) + 5;
  let count = 0;

  const forget = (gone: (known: Known) => boolean) => {
    for (const [name, series] of pods) {
      for (const [key, known] of series) {
        if (!gone(known)) continue;
        series.delete(key);
        count--;
      }
      if (series.size === 0) pods.delete(name);
    }
  };
  const isEnded = ({ ring }: Known) => ring.valueAt(ring.length - 1) === ENDED;
  const endOf = (known: Known, timeMs: number) => {
    if (!isEnded(known)) known.ring.push(timeMs, ENDED);
  };

  function take(pod: PodName, samples: readonly ExposedSample[], timeMs: number): Taken {
    const series = pods.get(keyOf(pod)) ?? new Map<string, Known>();
    const seen = new Set<string>();
    let swept = false;
    let dropped = 0;
    for (const { labels: exposed, value, isCounter } of samples) {
      if (isTooLarge(exposed)) {
        dropped++;
        continue;
      }
      const labels = { ...renamed(exposed), namespace: pod.namespace, pod: pod.pod };
      const key = seriesKey(labels);
      let known = series.get(key);
      if (known === undefined) {
        // What has ended makes room for what is there.
        if (count >= maxSeries && !swept) forget(isEnded);
        swept ||= count >= maxSeries;
        if (count >= maxSeries) {
          dropped++;
          continue;
        }
        const metricName = metricNameOf(labels);
        known = {
          labels,
          metricName,
          isCounter: isCounter || metricName.endsWith('_total'),
          ring: createRing(capacity),
        };
        series.set(key, known);
        count++;
      }
      // In the answer twice: the last one counts.
      known.ring.push(timeMs, value);
      seen.add(key);
    }
    for (const [key, known] of series) if (!seen.has(key)) endOf(known, timeMs);
    if (series.size > 0) pods.set(keyOf(pod), series);
    return { kept: seen.size, dropped };
  }

  return {
    take,
    end(pod, timeMs) {
      for (const known of pods.get(keyOf(pod))?.values() ?? []) endOf(known, timeMs);
    },
    read: (pod, metricName, range) =>
      [...(pods.get(keyOf(pod))?.values() ?? [])]
        .filter((known) => known.metricName === metricName)
        .map(({ labels, ring, isCounter }) => ({ labels, ...readSteps(ring, range, { intervalMs, isCounter }) }))
        .filter(({ timesMs }) => timesMs.length > 0),
    forgetBefore: (timeMs) => forget(({ ring }) => !(ring.timeAt(ring.length - 1) >= timeMs)),
    get series() {
      return count;
    },
  };
}

function keyOf({ namespace, pod }: PodName): string {
  return `${namespace}/${pod}`;
}

function isTooLarge(labels: Labels): boolean {
  const pairs = Object.entries(labels);
  return (
    pairs.length > MOST_LABELS ||
    pairs.some(([name, value]) => name.length > LONGEST_LABEL || value.length > LONGEST_LABEL)
  );
}

/** As Prometheus names what a target says of itself where it knows better. */
function renamed(labels: Labels): Labels {
  if (labels.namespace === undefined && labels.pod === undefined) return labels;
  const { namespace, pod, ...rest } = labels;
  return {
    ...rest,
    ...(namespace === undefined ? {} : { exported_namespace: namespace }),
    ...(pod === undefined ? {} : { exported_pod: pod }),
  };
}
