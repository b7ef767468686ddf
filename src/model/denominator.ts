// What a ratio or a mean is of: another series, such as requests a second beneath an error ratio. Two failures of three
// requests are no outage; the guard asks how many there were.
import { type Labels, metricNameOf } from './series.ts';

export interface Denominator {
  /** With a query, what its result is called. */
  readonly metricName: string;
  readonly query?: string;
  /** A point counts where there is as much or more. */
  readonly min: number;
}

/** As long as a series may pause: then nobody knows how much there is. */
const SILENT_MS = 300_000;

/** Whether this is what lies beneath the series: the named metric, with no label that the series has otherwise or not at all. */
function isBeneath({ metricName }: Denominator, denominator: Labels, series: Labels): boolean {
  if (metricNameOf(denominator) !== metricName) return false;
  return Object.entries(denominator).every(([name, value]) => {
    return name === '__name__' || (Object.hasOwn(series, name) && series[name] === value);
  });
}

/** Of those that lie beneath the series that of most labels, which is nearest to it; of as near ones the first. */
export function nearestBeneath<One extends { readonly labels: Labels }>(
  denominator: Denominator,
  all: Iterable<One>,
  series: Labels,
): One | undefined {
  let [nearest, most]: [One | undefined, number] = [undefined, -1];
  for (const one of all) {
    const count = Object.keys(one.labels).length;
    if (count > most && isBeneath(denominator, one.labels, series)) [nearest, most] = [one, count];
  }
  return nearest;
}

/** The newest value at this time or before, NaN where that is too old for a series of this step; `timesMs` ascends. */
export function valueBeneath(
  timesMs: ArrayLike<number>,
  values: ArrayLike<number>,
  timeMs: number,
  stepMs: number,
): number {
  const silentMs = Math.max(SILENT_MS, 3 * stepMs);
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  // What was not measured says nothing: the one before it still holds.
  for (let row = low - 1; row >= 0 && timeMs - (timesMs[row] as number) <= silentMs; row--) {
    const value = values[row] as number;
    if (Number.isFinite(value)) return value;
  }
  return Number.NaN;
}
