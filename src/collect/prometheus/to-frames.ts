// From fetched series to the signals that everything else lives on: a frame for each time, with ids told once. What was
// given before is not given again, so that overlapping queries may be asked.
import { seriesKey } from '#model/series.ts';
import type { FrameSignal, SeriesSignal, Signal } from '#model/signal.ts';
import type { FetchedSeries } from './contract.ts';

export interface FrameMaker {
  /**
   * What is new of these series (of one query or several): the series not told before, then a frame a time, times
   * ascending. `seenMs`: when this could have been known, of all or by time; it must not fall as times rise. Of two
   * series with the same labels the first is believed where both have a value.
   */
  take(fetched: readonly FetchedSeries[], seenMs: number | ((timeMs: number) => number)): readonly Signal[];
  /** Lets series go whose last sample is older; when they come back, they have a new id. Returns the ids. */
  forgetBefore(timeMs: number): readonly number[];
  readonly size: number;
}

interface Known {
  readonly id: number;
  /** Of the last sample given. */
  lastMs: number;
}

/** New samples of one series: from `from` on. */
interface Fresh {
  readonly series: FetchedSeries;
  readonly known: Known;
  readonly from: number;
}

/** Tapes refuse it, because it would change an object's prototype. */
const REFUSED_LABEL = '__proto__';

export interface FrameMakerOptions {
  readonly stepMs: number;
  /** Where several makers share their ids: one that no other has had. */
  readonly nextId?: () => number;
}

export function createFrameMaker({ stepMs, nextId = counting() }: FrameMakerOptions): FrameMaker {
  const dictionary = new Map<string, Known>();

  function take(fetched: readonly FetchedSeries[], seenMs: number | ((timeMs: number) => number)): readonly Signal[] {
    const told: SeriesSignal['series'][number][] = [];
    const fresh: Fresh[] = [];
    for (const series of fetched) {
      const { labels, timesMs } = series;
      if (timesMs.length === 0 || Object.hasOwn(labels, REFUSED_LABEL)) continue;
      const key = seriesKey(labels);
      let known = dictionary.get(key);
      if (known === undefined) {
        known = { id: nextId(), lastMs: Number.NEGATIVE_INFINITY };
        dictionary.set(key, known);
        told.push({ id: known.id, labels, stepMs });
      }
      const from = firstAfter(timesMs, known.lastMs);
      if (from < timesMs.length) fresh.push({ series, known, from });
    }
    const frames = framesOf(fresh, seenMs);
    for (const { series, known } of fresh) known.lastMs = Math.max(known.lastMs, series.timesMs.at(-1) ?? 0);
    const [first] = frames;
    if (first === undefined || told.length === 0) return frames;
    return [{ kind: 'series', seenMs: first.seenMs, series: told }, ...frames];
  }

  return {
    take,
    forgetBefore(timeMs) {
      const gone: number[] = [];
      for (const [key, { id, lastMs }] of dictionary) {
        if (lastMs >= timeMs) continue;
        dictionary.delete(key);
        gone.push(id);
      }
      return gone;
    },
    get size() {
      return dictionary.size;
    },
  };
}

/** 0, 1, 2, … */
export function counting(): () => number {
  let next = 0;
  return () => next++;
}

function framesOf(fresh: readonly Fresh[], seenMs: number | ((timeMs: number) => number)): FrameSignal[] {
  const times = unionOf(fresh);
  const counts = new Uint32Array(times.length);
  eachSample(fresh, times, (slot) => {
    counts[slot] = (counts[slot] as number) + 1;
  });
  const frames = Array.from(times, (timeMs, slot): FrameSignal => {
    const size = counts[slot] as number;
    // Clocks give fractions; a tape takes whole milliseconds.
    const seen = Math.ceil(typeof seenMs === 'number' ? seenMs : seenMs(timeMs));
    return { kind: 'frame', timeMs, seenMs: seen, ids: new Uint32Array(size), values: new Float64Array(size) };
  });
  const filled = new Uint32Array(times.length);
  let isDoubled = false;
  eachSample(fresh, times, (slot, { series, known }, index) => {
    const frame = frames[slot] as FrameSignal;
    const at = filled[slot] as number;
    frame.ids[at] = known.id;
    frame.values[at] = series.values[index] as number;
    filled[slot] = at + 1;
    if (at > 0 && (frame.ids[at - 1] as number) >= known.id) isDoubled = true;
  });
  return isDoubled ? frames.map(withoutDoubles) : frames;
}

/** Rising ids have no doubles, and that is nearly always so. */
function withoutDoubles(frame: FrameSignal): FrameSignal {
  const values = new Map<number, number>();
  for (const [index, id] of frame.ids.entries()) if (!values.has(id)) values.set(id, frame.values[index] as number);
  if (values.size === frame.ids.length) return frame;
  return { ...frame, ids: Uint32Array.from(values.keys()), values: Float64Array.from(values.values()) };
}

function eachSample(
  fresh: readonly Fresh[],
  times: Float64Array,
  visit: (slot: number, one: Fresh, index: number) => void,
): void {
  for (const one of fresh) {
    const { timesMs } = one.series;
    let slot = 0;
    for (let index = one.from; index < timesMs.length; index++) {
      while ((times[slot] as number) < (timesMs[index] as number)) slot++;
      visit(slot, one, index);
    }
  }
}

/** All times, ascending. Most series have no others than those before, which costs one walk each. */
function unionOf(fresh: readonly Fresh[]): Float64Array {
  let union = new Float64Array(0);
  for (const { series, from } of fresh) {
    const times = series.timesMs.subarray(from);
    if (!isWithin(times, union)) union = Float64Array.from(new Set([...union, ...times])).sort();
  }
  return union;
}

/** Whether every one of these is among those; both ascend. */
function isWithin(times: Float64Array, union: Float64Array): boolean {
  let slot = 0;
  for (const timeMs of times) {
    while (slot < union.length && (union[slot] as number) < timeMs) slot++;
    if (union[slot] !== timeMs) return false;
  }
  return true;
}

function firstAfter(timesMs: Float64Array, lastMs: number): number {
  let from = timesMs.length;
  while (from > 0 && (timesMs[from - 1] as number) > lastMs) from--;
  return from;
}
