// Whether a loop goes on. It beats at each turn; when the next beat is overdue, the process is of no use and somebody else has to
// end it. Only what a loop does itself counts: it beats too when a turn failed because others are away.
import { type Clock, systemClock } from '#kit/clock.ts';

export interface PulseOptions {
  /** A sentence goes on with "has not … for 12 min". */
  readonly what: string;
  /** Between two beats at most: far beyond every deadline of what a turn does. */
  readonly mostMs: number;
  /** One that never steps, and stands still while the machine sleeps. */
  readonly clock?: Clock;
}

/** Of observing: a round, or one of its batches. Prometheus and keeper have a minute and a quarter of one for an answer. */
export const ROUND_PULSE: PulseOptions = { what: 'no round of observing has ended', mostMs: 15 * 60_000 };

export interface Pulse {
  beat(): void;
  /** Until the next beat nothing is expected. */
  rest(): void;
  /** Why it is dead; undefined while it lives. */
  stuck(): string | undefined;
}

export function createPulse({ what, mostMs, clock = systemClock }: PulseOptions): Pulse {
  let beatMs: number | undefined;
  return {
    beat() {
      beatMs = clock.nowMs();
    },
    rest() {
      beatMs = undefined;
    },
    stuck: () => (beatMs === undefined ? undefined : overdue(what, clock.nowMs() - beatMs, mostMs)),
  };
}

/** The sentence of something that took `tookMs` and should not take more than `mostMs`. */
export function overdue(what: string, tookMs: number, mostMs: number): string | undefined {
  return tookMs > mostMs ? `${what} for ${Math.floor(tookMs / 60_000)} min` : undefined;
}
