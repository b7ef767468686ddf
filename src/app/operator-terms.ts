// The terms of one operator, one after the other: what a term runs is ended before the next begins, and is begun again after
// a pause when it fails while the term still holds.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';

export interface TermsOptions {
  /** Runs until the signal aborts; rejects with what made it fail. All that it began has ended when it settles. */
  run(epoch: number, signal: AbortSignal): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** What a term is called in the log. */
  readonly what?: string;
}

export interface Terms {
  /** The epoch of the term that begins; undefined when this one leads no more. */
  change(epoch: number | undefined): void;
  /** Why the term under way was begun again; undefined when all is well. */
  readonly trouble: string | undefined;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** A run that lasted so long had begun well. */
const WELL_MS = 120_000;

export function createTerms({ run, clock, log, what = 'the term' }: TermsOptions): Terms {
  let current: AbortController | undefined;
  let last: Promise<void> = Promise.resolve();
  let trouble: string | undefined;

  const repeat = async (epoch: number, signal: AbortSignal): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      const beganMs = clock.nowMs();
      try {
        await run(epoch, signal);
        trouble = undefined;
      } catch (error) {
        if (signal.aborted) return;
        trouble = error instanceof Error ? error.message : String(error);
        if (clock.nowMs() - beganMs > WELL_MS) failures = 0;
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
        log.error({ epoch, pauseMs, err: error }, `${what} failed: it begins again`);
        await clock.sleep(pauseMs, signal);
      }
    }
  };
  return {
    get trouble() {
      return trouble;
    },
    change(epoch) {
      current?.abort();
      current = undefined;
      trouble = undefined;
      if (epoch === undefined) return;
      const mine = new AbortController();
      current = mine;
      last = last.then(() => repeat(epoch, mine.signal));
    },
    async stop() {
      current?.abort();
      await last;
    },
  };
}
