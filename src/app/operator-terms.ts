// The terms of one operator, one after the other: what a term runs is ended before the next begins, and is begun again after
// a pause when it fails while the term still holds.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { overdue } from './live/pulse.ts';

export interface TermsOptions {
  /** Runs until the signal aborts; rejects with what made it fail. All that it began has ended when it settles. */
  run(epoch: number, signal: AbortSignal): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** What a term is called in the log. */
  readonly what?: string;
}

export interface TermTrouble {
  /** Of the last failure. */
  readonly message: string;
  /** In a row. */
  readonly failures: number;
  /** When the first of them was, by the clock. */
  readonly sinceMs: number;
}

export interface Terms {
  /** The epoch of the term that begins; undefined when this one leads no more. */
  change(epoch: number | undefined): void;
  /** Why the term under way was begun again; undefined when all is well, or has been for two minutes. */
  readonly trouble: TermTrouble | undefined;
  /** Why no other term will ever begin: one that was to end has not. */
  stuck(): string | undefined;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** A run that lasted so long had begun well. */
const WELL_MS = 120_000;
/** Everything that a term does has a deadline far below. */
const ENDING_MS = 300_000;

export function createTerms({ run, clock, log, what = 'the term' }: TermsOptions): Terms {
  let current: AbortController | undefined;
  let last: Promise<void> = Promise.resolve();
  let trouble: TermTrouble | undefined;
  let runningMs: number | undefined;
  let endingMs: number | undefined;

  const repeat = async (epoch: number, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      runningMs = clock.nowMs();
      try {
        await run(epoch, signal);
        trouble = undefined;
      } catch (error) {
        if (signal.aborted) return;
        trouble = failed(error);
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (trouble.failures - 1));
        log.error({ epoch, pauseMs, err: error }, `${what} failed: it begins again`);
        runningMs = undefined;
        await clock.sleep(pauseMs, signal);
      } finally {
        [runningMs, endingMs] = [undefined, undefined];
      }
    }
  };
  const isWell = () => runningMs !== undefined && clock.nowMs() - runningMs > WELL_MS;
  const failed = (error: unknown): TermTrouble => {
    const message = error instanceof Error ? error.message : String(error);
    const before = isWell() ? undefined : trouble;
    return { message, failures: (before?.failures ?? 0) + 1, sinceMs: before?.sinceMs ?? clock.nowMs() };
  };
  const end = () => {
    if (current === undefined) return;
    current.abort();
    current = undefined;
    if (runningMs !== undefined) endingMs ??= clock.nowMs();
  };
  return {
    get trouble() {
      return isWell() ? undefined : trouble;
    },
    stuck: () =>
      endingMs === undefined
        ? undefined
        : overdue('a term that was to end has not ended', clock.nowMs() - endingMs, ENDING_MS),
    change(epoch) {
      end();
      trouble = undefined;
      if (epoch === undefined) return;
      const mine = new AbortController();
      current = mine;
      last = last.then(() => repeat(epoch, mine.signal));
    },
    async stop() {
      end();
      await last;
    },
  };
}
