// What time it is for Prometheus, whose samples carry its times: an own clock that is set wrong must neither ask for what has
// not been yet, nor look at what is long past. It is asked now and then and counted on from there. While it is away this is
// the one that asks whether it is back: whoever would check something is refused with what was heard last.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

export interface SourceClock {
  /** Rejects while Prometheus is away. */
  nowMs(signal: AbortSignal): Promise<number>;
  /** Something else was not answered: it is asked before more is asked of it. */
  doubt(): void;
}

export interface SourceClockOptions {
  readonly source: Pick<PrometheusSource, 'nowMs'>;
  /** The wall clock, which counts where Prometheus tells no time, and one that never steps. */
  readonly clock: Clock;
  readonly steadyClock: Clock;
}

const KEEP_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** Between two questions while it is away. */
const REST_MS = 5000;
/** The two clocks part by more when one was set, or the machine slept. */
const MOST_DRIFT_MS = 1000;

interface Told {
  readonly sourceMs: number;
  readonly steadyMs: number;
  readonly wallMs: number;
}

export function createSourceClock({ source, clock, steadyClock }: SourceClockOptions): SourceClock {
  let told: Told | undefined;
  let failed: { readonly error: unknown; readonly steadyMs: number } | undefined;
  let asking: Promise<void> | undefined;

  async function ask(signal: AbortSignal): Promise<void> {
    try {
      told = here(await source.nowMs({ timeoutMs: TIMEOUT_MS, signal }));
      failed = undefined;
    } catch (error) {
      const tellsNoTime = error instanceof AppError && !error.retryable && !signal.aborted;
      told = tellsNoTime ? here(clock.nowMs()) : undefined;
      failed = tellsNoTime ? undefined : { error, steadyMs: steadyClock.nowMs() };
    }
    asking = undefined;
  }
  const here = (sourceMs: number): Told => ({ sourceMs, steadyMs: steadyClock.nowMs(), wallMs: clock.nowMs() });
  const isOld = ({ steadyMs, wallMs }: Told): boolean => {
    const passedMs = steadyClock.nowMs() - steadyMs;
    return passedMs > KEEP_MS || Math.abs(clock.nowMs() - wallMs - passedMs) > MOST_DRIFT_MS;
  };

  return {
    async nowMs(signal) {
      if (failed !== undefined && steadyClock.nowMs() - failed.steadyMs < REST_MS) throw failed.error;
      if (told === undefined || isOld(told)) {
        asking ??= ask(signal);
        await asking;
      }
      if (told === undefined) throw failed?.error;
      return told.sourceMs + steadyClock.nowMs() - told.steadyMs;
    },
    doubt() {
      told = undefined;
    },
  };
}
