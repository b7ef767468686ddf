// A series of scrapes as the flow wants it: one value a step, or none. A gauge is what it last was; a counter is how much it
// grew a second over the scrapes of the step. What is older than the look-back is not believed any more, and behind the end of
// a series there is nothing until it comes again: a gap stays a gap.
import { createRater } from './rate.ts';
import type { Ring } from './ring.ts';

/** In place of a value: from here on there is none (the scrape failed, or the series went). */
export const ENDED = Number.POSITIVE_INFINITY;

export interface StepRange {
  /** Inclusive. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface StepOptions {
  readonly intervalMs: number;
  readonly isCounter: boolean;
}

export interface Columns {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Long enough that a scrape that was passed over leaves no hole. */
export function lookBackOf(stepMs: number, intervalMs: number): number {
  return Math.max(stepMs, 2 * intervalMs);
}

export function readSteps(ring: Ring, range: StepRange, { intervalMs, isCounter }: StepOptions): Columns {
  const { startMs, endMs, stepMs } = range;
  const lookBackMs = lookBackOf(stepMs, intervalMs);
  const growth = isCounter ? growthOf(ring, intervalMs) : undefined;
  const times: number[] = [];
  const values: number[] = [];
  let next = 0;
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    while (ring.timeAt(next) <= timeMs) next++;
    const newest = next - 1;
    if (!(ring.timeAt(newest) > timeMs - lookBackMs) || ring.valueAt(newest) === ENDED) continue;
    const value = growth === undefined ? ring.valueAt(newest) : rateOver(ring, growth, newest, timeMs - lookBackMs);
    if (value === undefined) continue;
    times.push(timeMs);
    values.push(value);
  }
  return { timesMs: Float64Array.from(times), values: Float64Array.from(values) };
}

interface Growth {
  /** Of each sample: how much a second since the one before, and over how many milliseconds; NaN where nobody knows. */
  readonly rates: Float64Array;
  readonly spansMs: Float64Array;
}

function growthOf(ring: Ring, intervalMs: number): Growth {
  const rater = createRater({ stepMs: intervalMs });
  const rates = new Float64Array(ring.length).fill(Number.NaN);
  const spansMs = new Float64Array(ring.length);
  let beforeMs = Number.NaN;
  for (let index = 0; index < ring.length; index++) {
    const [timeMs, value] = [ring.timeAt(index), ring.valueAt(index)];
    if (value === ENDED || Number.isNaN(value)) continue;
    rates[index] = rater.rate('', timeMs, value);
    spansMs[index] = timeMs - beforeMs;
    beforeMs = timeMs;
  }
  return { rates, spansMs };
}

/** Undefined where no two scrapes say it. */
function rateOver(ring: Ring, { rates, spansMs }: Growth, newest: number, afterMs: number): number | undefined {
  let increase = 0;
  let spanMs = 0;
  for (let index = newest; ring.timeAt(index) > afterMs; index--) {
    const [rate, ms] = [rates[index] ?? Number.NaN, spansMs[index] ?? 0];
    if (Number.isNaN(rate)) continue;
    increase += rate * ms;
    spanMs += ms;
  }
  return spanMs === 0 ? undefined : increase / spanMs;
}
