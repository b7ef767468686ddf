// Which times a tape may carry. A sum of two of them is still a moment that a `Date` can hold (±8.64e15 ms), and their
// differences fit the format's numbers. The writer refuses the others, and so does the reader: what made a tape is not known.
import type { Span } from '#model/signal.ts';

export const MAX_TIME_MS = 2 ** 51;

/** Whether `value` is a time in whole milliseconds that a tape may carry. */
export function isTime(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= MAX_TIME_MS;
}

/** What is wrong with when the first such span began and how long it took, in words; undefined when nothing is. */
export function wrongSpan(spans: readonly Span[]): string | undefined {
  for (const { startMs, durationMs } of spans) {
    if (!(Math.abs(startMs) <= MAX_TIME_MS)) return `a span starts at ${startMs}, which is not a time`;
    if (!(durationMs >= 0 && durationMs <= MAX_TIME_MS)) return `a span lasts ${durationMs} ms, which is no duration`;
  }
  return undefined;
}
