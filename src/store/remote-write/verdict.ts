// What an attempt means: whether the batch is done with, when to try again, which version the receiver knows. A receiver
// that knows the new version counts what it has written; an old one either refuses it, or takes it for an empty request of
// its own kind and says that all is well.
import type { Log } from '#kit/log.ts';
import type { RemoteWriteVersion } from './encode.ts';
import type { Outcome } from './send.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export interface Verdict {
  /** Samples that the receiver has; the rest of the batch it has refused. Absent when the batch is to be sent again. */
  readonly written?: number;
  /** Before the next attempt; 0 when it is another version's turn. */
  readonly waitMs: number;
}

export interface Judge {
  readonly version: RemoteWriteVersion;
  /** What went wrong last; undefined while all is well. */
  readonly trouble: string | undefined;
  judge(outcome: Outcome, samples: number, attempt: number): Verdict;
}

export function createJudge(
  first: RemoteWriteVersion,
  { log, random, place }: { readonly log: Log; readonly random: () => number; readonly place: string },
): Judge {
  let version = first;
  let isSure = first === 1;
  let trouble: string | undefined;
  const tell = (now: string | undefined) => {
    if (now !== undefined && trouble === undefined) log.warn({ url: place, trouble: now }, 'remote write fails');
    if (now === undefined && trouble !== undefined) log.info({ url: place }, 'remote write is well again');
    trouble = now;
  };
  return {
    get version() {
      return version;
    },
    get trouble() {
      return trouble;
    },
    judge(outcome, samples, attempt) {
      if (outcome.kind === 'again') {
        tell(outcome.message);
        // A receiver that says "at once" again and again is not to be hammered.
        const { afterMs } = outcome;
        return { waitMs: afterMs === undefined ? backOffMs(attempt, random()) : Math.max(afterMs, FIRST_WAIT_MS) };
      }
      if (!isSure && (outcome.kind === 'taken' ? outcome.written === undefined : outcome.mayBeVersion)) {
        log.info({ url: place }, 'the receiver does not know remote write 2 and gets version 1');
        version = 1;
        isSure = true;
        return { waitMs: 0 };
      }
      isSure ||= outcome.kind === 'taken';
      tell(outcome.kind === 'taken' ? undefined : outcome.message);
      return { written: Math.min(samples, outcome.written ?? samples), waitMs: 0 };
    },
  };
}

/** 0.5 s and twice as long each time, up to 30 s, of which chance takes up to half. */
function backOffMs(attempt: number, chance: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)) * (1 - chance / 2);
}
