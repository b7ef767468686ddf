// What an attempt means: whether the batch is done with, when to try again, which version the receiver knows. A receiver
// that knows the new version counts what it has written; an old one either refuses it, or takes it for an empty request of
// its own kind and says that all is well.
import { backOffMs } from '#kit/back-off.ts';
import type { Log } from '#kit/log.ts';
import type { RemoteWriteVersion } from './encode.ts';
import type { Outcome } from './send.ts';

/** A receiver that says "at once" again and again is not to be hammered. */
const LEAST_WAIT_MS = 500;

export type Verdict =
  /** `refused` of the samples are not there; `isFinal` when the others are, so that sending fewer at once would not help. */
  | { readonly kind: 'done'; readonly refused: number; readonly isFinal: boolean; readonly message: string | undefined }
  /** `waitMs` is 0 when it is another version's turn. */
  | { readonly kind: 'again'; readonly waitMs: number; readonly message: string | undefined };

export interface Judge {
  readonly version: RemoteWriteVersion;
  judge(outcome: Outcome, samples: number, attempt: number): Verdict;
}

export interface JudgeOptions {
  readonly log: Log;
  readonly random: () => number;
  /** For the log. */
  readonly place: string;
}

export function createJudge(first: RemoteWriteVersion, { log, random, place }: JudgeOptions): Judge {
  let version = first;
  let isSure = first === 1;
  return {
    get version() {
      return version;
    },
    judge(outcome, samples, attempt) {
      if (outcome.kind === 'again') {
        const { afterMs, message } = outcome;
        const waitMs = afterMs === undefined ? backOffMs(attempt, random()) : Math.max(afterMs, LEAST_WAIT_MS);
        return { kind: 'again', waitMs, message };
      }
      const { written } = outcome;
      if (!isSure && (outcome.kind === 'taken' ? written === undefined : outcome.mayBeVersion)) {
        log.info({ url: place }, 'the receiver does not know remote write 2 and gets version 1');
        version = 1;
        isSure = true;
        return { kind: 'again', waitMs: 0, message: undefined };
      }
      isSure ||= outcome.kind === 'taken';
      const there = Math.min(samples, written ?? (outcome.kind === 'taken' ? samples : 0));
      const message = outcome.kind === 'taken' ? undefined : outcome.message;
      return { kind: 'done', refused: samples - there, isFinal: written !== undefined, message };
    },
  };
}
