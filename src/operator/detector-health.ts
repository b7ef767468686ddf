// Whether a detector does its work, and what that costs (D10): as of its last check.
import type { WindowOutcome } from '#pipeline/window-plan.ts';
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
}

type Analysed = Extract<WindowOutcome, { kind: 'analysed' }>;

/** Below it a scrape or a check is only late. */
const LEAST_SILENCE_MS = 300_000;

export function healthOf({ series, scored, warmMs, newestMs, checkedMs }: Analysed, watch: Watch): DetectorHealth {
  return {
    series,
    // Never all of them while one is missing.
    warm: `${Math.floor((100 * scored) / Math.max(1, series))} %`,
    ...(warmMs !== undefined && { warmTime: timeText(checkedMs + warmMs) }),
    ...(!Number.isNaN(newestMs) && { lastScoreTime: timeText(newestMs) }),
    samplesPerMinute: samplesPerMinute(series, watch),
  };
}

/** Every check reads the whole window again. */
export function samplesPerMinute(
  series: number,
  { windowMs, stepMs, intervalMs }: Pick<Watch, 'windowMs' | 'stepMs' | 'intervalMs'>,
): number {
  return Math.round((series * (windowMs / stepMs) * 60_000) / intervalMs);
}

/** How long nothing new was scored, though there was something to score; undefined while all is well. */
export function silentMs({ scored, newestMs, checkedMs }: Analysed, { intervalMs, stepMs }: Watch): number | undefined {
  const ageMs = checkedMs - newestMs;
  const boundMs = Math.max(LEAST_SILENCE_MS, 3 * intervalMs) + 2 * stepMs;
  return scored > 0 && ageMs > boundMs ? ageMs : undefined;
}

function timeText(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1000) * 1000).toISOString();
}
