// The state of a live cluster in the shape of every state: now is the playhead, and the last day (or what is kept of it)
// stands where a tape has its segments. Its ends move once a minute, so that what is drawn over it holds still meanwhile.
import type { LiveState, ReplayState } from './contract.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** As much is drawn at least, however new the store is. */
const LEAST_MS = 60 * MINUTE_MS;

export interface LiveFacts {
  readonly nowMs: number;
  readonly state: 'warming' | 'live' | 'failed';
  /** 0..1 while warming, else null. */
  readonly progress: number | null;
  /** Why it failed, else null. */
  readonly message: string | null;
  /** The oldest that the store keeps; undefined when it is empty. */
  readonly storedFromMs: number | undefined;
  /** Time of the newest sample; undefined before the first. */
  readonly newestMs: number | undefined;
  readonly samplesPerSecond: number;
  readonly droppedSamples: number;
  readonly live: Omit<LiveState, 'behindMs'>;
}

export function liveState(facts: LiveFacts): ReplayState {
  const { storedFromMs, newestMs, live, ...rest } = facts;
  // A clock that is a little behind that of Prometheus does not make a sample come from the future.
  const nowMs = Math.floor(Math.max(facts.nowMs, newestMs ?? 0) / 1000) * 1000;
  const toMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  const dayMs = toMs - DAY_MS;
  const whole = storedFromMs !== undefined && storedFromMs <= dayMs + MINUTE_MS;
  const keptMs = Math.floor(Math.min(storedFromMs ?? toMs, toMs - LEAST_MS) / MINUTE_MS) * MINUTE_MS;
  const fromMs = whole ? dayMs : Math.max(dayMs, keptMs);
  const segment = { name: whole ? 'last day' : 'kept so far', fromMs, toMs, shiftedMs: 0, warmUp: false };
  return {
    ...rest,
    mode: 'live',
    nowMs,
    speed: 1,
    tape: { name: live.cluster, source: live.prometheus ?? '', fromMs, toMs, segments: [segment] },
    live: { ...live, behindMs: newestMs === undefined ? null : Math.max(0, nowMs - newestMs) },
  };
}
