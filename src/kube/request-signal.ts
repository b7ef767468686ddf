// What ends one request: its deadline, or its caller's signal. It lets go of the caller's signal when the request is over:
// AbortSignal.any() would keep a trace of every request for as long as that signal lives.
import type { Clock } from '#kit/clock.ts';

export interface RequestSignal {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Why it ended early; undefined when it did not. */
  readonly endedBy: 'deadline' | 'caller' | undefined;
  /** The deadline no longer holds; the caller's signal still does. */
  stopClock(): void;
  /** The request is over. */
  end(): void;
}

export function requestSignal(clock: Clock, timeoutMs: number, caller?: AbortSignal): RequestSignal {
  const request = new AbortController();
  const timer = new AbortController();
  let endedBy: RequestSignal['endedBy'];
  const stop = (by: 'deadline' | 'caller') => {
    endedBy ??= by;
    request.abort();
  };
  const giveUp = () => stop('caller');
  if (caller?.aborted === true) giveUp();
  caller?.addEventListener('abort', giveUp);
  void clock.sleep(timeoutMs, timer.signal).then(() => {
    if (!timer.signal.aborted) stop('deadline');
  });
  return {
    signal: request.signal,
    timeoutMs,
    get endedBy() {
      return endedBy;
    },
    stopClock: () => timer.abort(),
    end: () => {
      timer.abort();
      caller?.removeEventListener('abort', giveUp);
    },
  };
}
