// What time it is for what is observed. Samples carry the times of Prometheus' clock, so that is what counts, and the own
// clock only where Prometheus tells none: one that is set wrong here must neither ask for what has not been yet, nor leave
// out what has. What does not fit together is said and counted.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

export interface ClockStatus {
  /** How far the own clock is ahead of Prometheus'; NaN where that does not tell. */
  readonly skewMs: number;
  /** Rounds in which something that was seen lay in the future. */
  readonly aheadRounds: number;
  /** What is wrong, as a sentence. */
  readonly trouble: { readonly what: string; readonly sinceMs: number } | undefined;
}

export interface StreamClockOptions {
  readonly source: Pick<PrometheusSource, 'nowMs'>;
  readonly clock: Clock;
  readonly stepMs: number;
  readonly signal: AbortSignal;
}

/** Scrapes are as far apart, and nothing is decided within less. */
const MOST_SKEW_MS = 60_000;
const TRIES = 2;
/** A clock that is set back by an hour, as for the end of summer, is waited for; more was a mistake. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

export class StreamClock {
  readonly #options: StreamClockOptions;
  #skewMs = Number.NaN;
  #aheadRounds = 0;
  #trouble: ClockStatus['trouble'];

  constructor(options: StreamClockOptions) {
    this.#options = options;
  }

  get status(): ClockStatus {
    return { skewMs: this.#skewMs, aheadRounds: this.#aheadRounds, trouble: this.#trouble };
  }

  /** The time as it is now. Rejects when Prometheus is away: then there is nobody to ask for samples, either. */
  async read(): Promise<number> {
    const { source, clock, stepMs, signal } = this.#options;
    for (let tried = 1; ; tried++) {
      try {
        const toldMs = await source.nowMs({ timeoutMs: stepMs / 12, signal });
        this.#skewMs = clock.nowMs() - toldMs;
        return toldMs;
      } catch (error) {
        if (!(error instanceof AppError) || signal.aborted) throw error;
        if (!error.retryable) break;
        // One answer that is lost on the way is no reason to do without a round.
        if (tried >= TRIES) throw error;
      }
    }
    this.#skewMs = Number.NaN;
    return clock.nowMs();
  }

  /** The time since, without asking again. */
  nowMs(): number {
    return this.#options.clock.nowMs() - (Number.isNaN(this.#skewMs) ? 0 : this.#skewMs);
  }

  /**
   * Compares with how far things have been seen, once a round. Throws when that was so far in the future that waiting for it
   * would be to stop: then somebody has to begin anew, from what is stored.
   */
  check(nowMs: number, seen: { readonly storedMs: number; readonly takenMs: number }): void {
    if (seen.takenMs - nowMs > LONGEST_WAIT_MS) {
      const message = `Prometheus' clock went back by ${minutes(seen.takenMs - nowMs)}: what is observed begins anew`;
      throw new AppError('unavailable', message, { retryable: true });
    }
    const { clock, stepMs } = this.#options;
    const aheadMs = Math.max(seen.storedMs, seen.takenMs) - nowMs;
    const isAhead = aheadMs > stepMs;
    if (isAhead) this.#aheadRounds++;
    const what = isAhead ? aheadText(seen.storedMs > seen.takenMs, aheadMs) : skewText(this.#skewMs);
    this.#trouble = what === undefined ? undefined : { what, sinceMs: this.#trouble?.sinceMs ?? clock.nowMs() };
  }
}

function aheadText(isStored: boolean, aheadMs: number): string {
  const what = isStored ? 'what is stored' : 'what was observed';
  const then = isStored ? 'it is written again' : 'nothing new is asked for until then';
  return `clock: ${what} ends ${minutes(aheadMs)} in the future of Prometheus' clock, and ${then}`;
}

function skewText(skewMs: number): string | undefined {
  if (!(Math.abs(skewMs) > MOST_SKEW_MS)) return undefined;
  const where = skewMs > 0 ? 'ahead of' : 'behind';
  return `clock: this machine is ${minutes(skewMs)} ${where} Prometheus, whose time is what counts`;
}

function minutes(ms: number): string {
  return `${Math.max(1, Math.round(Math.abs(ms) / 60_000))} min`;
}
