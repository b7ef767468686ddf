// Whether a detector does its work, and what that costs (D10): as of its last check.
import type { Analysed } from '#pipeline/window-plan.ts';
import { samplesPerMinute } from '#resource/anomaly-detector/samples-per-minute.ts';
import { timeText } from './condition.ts';
import type { Watch } from './watch.ts';

export interface DetectorHealth {
  readonly series: number;
  /** `97 %`. */
  readonly warm: string;
  /** When the first score is expected, while there is none; RFC 3339. */
  readonly warmTime?: string;
  /** The newest point that has a score. */
  readonly lastScoreTime?: string;
  readonly samplesPerMinute: number;
  /** Findings that opened, a day; with two decimals. */
  readonly findingsPerDay: number;
}

export function healthOf(
  { series, scored, warmMs, newestMs, checkedMs }: Analysed,
  watch: Watch,
  findingsPerDay: number,
): DetectorHealth {
  return {
    series,
    // Never all of them while one is missing.
    warm: `${Math.floor((100 * scored) / Math.max(1, series))} %`,
    ...(warmMs !== undefined && { warmTime: timeText(checkedMs + warmMs) }),
    ...(!Number.isNaN(newestMs) && { lastScoreTime: timeText(newestMs) }),
    samplesPerMinute: samplesPerMinute(series, watch),
    findingsPerDay: Math.round(findingsPerDay * 100) / 100,
  };
}

/** So long back findings count: each weighs less the older it is (a leaky counter of this time constant). */
const DAY_MS = 86_400_000;

/** Findings a day, as an average that forgets: it lives on in the status, whoever leads. */
export interface FindingsRate {
  readonly perDay: number;
  readonly atMs: number;
}

export function addFindings(before: FindingsRate | undefined, nowMs: number, opened: number): FindingsRate {
  const { perDay, atMs } = before ?? { perDay: 0, atMs: nowMs };
  return { perDay: perDay * Math.exp(-Math.max(0, nowMs - atMs) / DAY_MS) + opened, atMs: nowMs };
}
