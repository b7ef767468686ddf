// Samples that wait to be sent, in batches, in the order in which they came. When there is no more room the oldest batch
// goes: after a long outage the newest are worth more. Columns, not an object a sample.
import type { LabelPairs } from './score-series.ts';

export interface Batch {
  readonly series: readonly LabelPairs[];
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface SampleQueue {
  add(series: LabelPairs, timeMs: number, value: number): void;
  /** The oldest batch, which is the queue's no more. */
  take(): Batch | undefined;
  /** Samples in it. */
  readonly size: number;
}

interface Filling {
  readonly series: LabelPairs[];
  readonly timesMs: number[];
  readonly values: number[];
}

/** `drop` hears how many samples had to go. */
export function createSampleQueue(
  { batchSamples, maxQueued }: { readonly batchSamples: number; readonly maxQueued: number },
  drop: (samples: number) => void,
): SampleQueue {
  const batches: Filling[] = [];
  let size = 0;
  const take = () => {
    const batch = batches.shift();
    size -= batch?.values.length ?? 0;
    return batch;
  };
  return {
    add(series, timeMs, value) {
      if (size >= maxQueued) drop(take()?.values.length ?? 0);
      let last = batches.at(-1);
      if (last === undefined || last.values.length >= batchSamples) {
        last = { series: [], timesMs: [], values: [] };
        batches.push(last);
      }
      last.series.push(series);
      last.timesMs.push(timeMs);
      last.values.push(value);
      size++;
    },
    take,
    get size() {
      return size;
    },
  };
}
