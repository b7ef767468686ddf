// Waits for what one wants to see, instead of sleeping and hoping.
import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * What `probe` gives, as soon as it gives something other than undefined or false; a probe that throws has not seen it
 * yet. Rejects after `timeoutMs` (60 s unless told) with a sentence that holds what the last try said.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 60_000, everyMs = 50, signal }: WaitOptions = {},
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    let last = 'it was not so';
    try {
      const seen = await probe();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    signal?.throwIfAborted();
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs / 1000} s for ${what}; the last try: ${last}`);
    await pause(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}
