// What keeps the keeper from storing, and since when. A keeper whose disk is full answers every other call, so that only an
// append that was answered ends such a trouble; any answer ends the one of a keeper that could not be reached.
import type { Clock } from '#kit/clock.ts';
import { AppError, type ErrorCode } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

/** Not an answer about the batch: the same batch may well be taken later. */
const AWAY: readonly ErrorCode[] = ['unavailable', 'disk-full', 'too-much', 'internal'];

/** An answer about the batch: it, or its writer, is not wanted. */
const ANSWERS: readonly ErrorCode[] = ['stale-epoch', 'bad-input', 'other-stream'];

export interface Trouble {
  readonly code: ErrorCode;
  readonly message: string;
  readonly sinceMs: number;
}

export interface TroubleNote {
  readonly current: Trouble | undefined;
  failed(error: unknown, isAppend: boolean): void;
  answered(isAppend: boolean): void;
}

export function createTroubleNote(keeper: string, { clock, log }: { clock: Clock; log: Log }): TroubleNote {
  let current: Trouble | undefined;
  const answered = (isAppend: boolean) => {
    if (current === undefined || !(isAppend || current.code === 'unavailable')) return;
    log.info({ keeper }, 'the keeper is back');
    current = undefined;
  };
  return {
    get current() {
      return current;
    },
    failed(error, isAppend) {
      const code = error instanceof AppError ? error.code : 'internal';
      if (ANSWERS.includes(code)) return answered(isAppend);
      if (!isAppend && code !== 'unavailable') return;
      const message = error instanceof Error ? error.message : String(error);
      if (current === undefined) log.warn({ keeper, err: error }, 'the keeper is away, or cannot store');
      current = { code, message, sinceMs: current?.sinceMs ?? clock.nowMs() };
    },
    answered,
  };
}

export function isAway(error: unknown): boolean {
  return error instanceof AppError && AWAY.includes(error.code);
}
