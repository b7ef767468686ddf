// Tries again what may pass: a few times, later each time, and never all at once with others who failed together.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

export interface Retries {
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** When nothing is of use any more. */
  readonly untilMs: number;
  again?(error: AppError, tried: number, delayMs: number): void;
}

/** What `work` gives. Rejects with its last error: one that is not retryable, or when tries or time are used up. */
export async function retrying<T>(retries: Retries, work: () => Promise<T>): Promise<T> {
  const { tries, firstDelayMs, clock, random, signal, untilMs } = retries;
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable || tried >= tries || signal.aborted) throw error;
      const jittered = firstDelayMs * 2 ** (tried - 1) * (0.5 + random());
      const delayMs = Math.max(jittered, wantedMs(error));
      if (clock.nowMs() + delayMs >= untilMs) throw error;
      retries.again?.(error, tried, delayMs);
      await clock.sleep(delayMs, signal);
      if (signal.aborted) throw error;
    }
  }
}

function wantedMs(error: AppError): number {
  return 'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0;
}
