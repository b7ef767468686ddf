// How long to wait before the next try: 0.8 s, doubled up to 30 s, with jitter, and at least what the server asks for. A
// connection that did its work for a while starts anew; one that breaks soon after some progress is bounded at 3.2 s, which
// keeps even a watch that is reset all the time below twenty tries a minute.

const FIRST_MS = 800;
const DOUBLINGS = 5;
const DOUBLINGS_WITH_PROGRESS = 2;
const JITTER = 0.25;
const MOST_MS = 30_000;
/** A connection that lasted so long was a good one. */
export const GOOD_MS = 10_000;

export interface Reconnect {
  /** The server said something of use over a connection that lasted `lastedMs`. */
  progressed(lastedMs: number): void;
  /** Milliseconds to wait after another failure. */
  nextMs(retryAfterMs?: number): number;
}

export function createReconnect(random: () => number): Reconnect {
  let doublings = 0;
  return {
    progressed: (lastedMs) => {
      doublings = lastedMs >= GOOD_MS ? 0 : Math.min(doublings, DOUBLINGS_WITH_PROGRESS);
    },
    nextMs: (retryAfterMs = 0) => {
      const waitMs = FIRST_MS * 2 ** doublings * (1 + JITTER * random());
      doublings = Math.min(doublings + 1, DOUBLINGS);
      return Math.max(Math.min(waitMs, MOST_MS), retryAfterMs);
    },
  };
}
