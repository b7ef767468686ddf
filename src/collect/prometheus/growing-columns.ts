// Columns of one series while its samples come in. The next series gets as much room as this one took: nearly always that
// is just what it needs, and then its columns are given away as they are, without a copy.
import type { Labels } from '#model/series.ts';
import type { FetchedSeries } from './contract.ts';
import type { SampleColumns } from './sample-scanner.ts';

const LEAST_ROOM = 64;

export interface GrowingColumns extends SampleColumns {
  /** Makes room for at least one more sample. */
  grow(): void;
  push(timeMs: number, value: number): void;
  /** What is there, exactly as large; then they are empty. */
  take(labels: Labels): FetchedSeries;
  /** Whether the times ascend. */
  ascend(): boolean;
}

export function createColumns(): GrowingColumns {
  const columns: GrowingColumns = {
    timesMs: new Float64Array(LEAST_ROOM),
    values: new Float64Array(LEAST_ROOM),
    count: 0,
    grow() {
      if (columns.count < columns.timesMs.length) return;
      columns.timesMs = twice(columns.timesMs);
      columns.values = twice(columns.values);
    },
    push(timeMs, value) {
      columns.grow();
      columns.timesMs[columns.count] = timeMs;
      columns.values[columns.count] = value;
      columns.count++;
    },
    take(labels) {
      const { timesMs, values, count } = columns;
      const isFull = count === timesMs.length;
      if (isFull || count < timesMs.length / 2) {
        columns.timesMs = new Float64Array(count);
        columns.values = new Float64Array(count);
      }
      columns.count = 0;
      if (isFull) return { labels, timesMs, values };
      return { labels, timesMs: timesMs.slice(0, count), values: values.slice(0, count) };
    },
    ascend() {
      const { timesMs, count } = columns;
      for (let index = 1; index < count; index++) {
        if (!((timesMs[index - 1] as number) < (timesMs[index] as number))) return false;
      }
      return true;
    },
  };
  return columns;
}

function twice(from: Float64Array): Float64Array {
  const to = new Float64Array(Math.max(LEAST_ROOM, from.length * 2));
  to.set(from);
  return to;
}
