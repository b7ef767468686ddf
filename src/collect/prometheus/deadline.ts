// Work that ends in time: when the clock says so, or the caller, its signal aborts and nobody waits for it any longer.
import type { Clock } from '#kit/clock.ts';

export interface Deadline {
  readonly timeoutMs: number;
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  /** What is thrown when the time is over. */
  late(): Error;
  /** What is thrown when the caller gave up. */
  left(): Error;
}

/** What `work` gives, or rejects with; with `late` or `left` as soon as it has ended otherwise. */
export async function withDeadline<T>(
  clock: Clock,
  { timeoutMs, signal, late, left }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const done = new AbortController();
  const leave = () => stop.abort(left());
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  if (signal?.aborted === true) throw left();
  // By hand: AbortSignal.any() keeps what it made for as long as a long-lived signal lives.
  signal?.addEventListener('abort', leave);
  void clock.sleep(timeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) stop.abort(late());
  });
  try {
    return await Promise.race([work(stop.signal), stopped]);
  } finally {
    done.abort();
    signal?.removeEventListener('abort', leave);
  }
}
