// What is wrong with a window that came over the wire, as a sentence: the algorithms rely on a series being one.
import type { Series } from '#model/series.ts';

/** Undefined when the times strictly increase. */
export function problemOfTimes(timesMs: Float64Array): string | undefined {
  for (let index = 0; index < timesMs.length; index++) {
    const timeMs = timesMs[index] as number;
    if (!Number.isFinite(timeMs)) return `the time of point ${index} is ${timeMs}`;
    const before = index === 0 ? Number.NEGATIVE_INFINITY : (timesMs[index - 1] as number);
    if (timeMs === before) return `points ${index - 1} and ${index} have the same time, ${timeMs}`;
    if (timeMs < before)
      return `point ${index} (${timeMs}) is earlier than the one before it (${before}): sort by time`;
  }
  return undefined;
}

/** Undefined when it is a series of at most `mostPoints` points. */
export function problemOfWindow({ stepMs, timesMs, values }: Series, mostPoints: number): string | undefined {
  if (timesMs.length !== values.length) return `${timesMs.length} times and ${values.length} values do not go together`;
  if (timesMs.length > mostPoints) return `${timesMs.length} points are more than ${mostPoints}: send a shorter window`;
  if (!(stepMs > 0) || !Number.isFinite(stepMs)) return `step_ms is ${stepMs}: a distance above 0 is expected`;
  return problemOfTimes(timesMs);
}
