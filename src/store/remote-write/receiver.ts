// One receiver: writes samples to it, in order, for as long as it takes. Of what it refuses it gets smaller parts, because
// many receivers drop a whole request for one sample that is too old for them; what is refused even so is left out.
import type { FailureReason } from '#kit/post.ts';
import { encode } from './encode.ts';
import { type RemoteWriteOptions, receiverUrl, USUAL } from './options.ts';
import { batchOf, type Sample } from './samples.ts';
import { send } from './send.ts';
import { createJudge, type Verdict } from './verdict.ts';

export interface ReceiverStats {
  /** That is spoken now. */
  readonly version: 1 | 2;
  readonly sentSamples: number;
  /** That the receiver refused for good. */
  readonly refusedSamples: number;
  readonly requests: number;
  /** Requests that failed. */
  readonly failures: Readonly<Record<FailureReason, number>>;
  /** What keeps it from taking anything, in a sentence, and since when; undefined while all is well. */
  readonly trouble: { readonly message: string; readonly sinceMs: number } | undefined;
}

export interface Receiver {
  /** Samples by time. False when the signal aborted before all were dealt with: they are to be written again. */
  write(samples: readonly Sample[], signal: AbortSignal): Promise<boolean>;
  stats(): ReceiverStats;
}

/** Into how many parts what is refused is cut at most: where 2000 samples are good up to one time, eleven find it. */
const MOST_CUTS = 64;
const LEAST_CUTS = 11;
const TELL_MS = 600_000;

export function createReceiver(options: RemoteWriteOptions): Receiver {
  const { clock, log } = options;
  const attempts = createAttempts(options);
  const count = { sent: 0, refused: 0 };
  let trouble: ReceiverStats['trouble'];
  let toldMs = Number.NEGATIVE_INFINITY;
  let cuts = MOST_CUTS;

  const tell = (message: string | undefined) => {
    if (message === undefined) {
      if (trouble !== undefined) log.info({ url: attempts.place }, 'remote write is well again');
      trouble = undefined;
      return;
    }
    if (trouble === undefined && clock.nowMs() - toldMs >= TELL_MS) {
      log.warn({ url: attempts.place, trouble: message }, 'remote write fails');
      toldMs = clock.nowMs();
    }
    trouble = { message, sinceMs: trouble?.sinceMs ?? clock.nowMs() };
  };
  /** The end of the attempts at one part; undefined when the signal aborted before. */
  const settle = async (samples: readonly Sample[], signal: AbortSignal) => {
    const encoded = new Map<number, Uint8Array>();
    for (let number = 0; !signal.aborted; number++) {
      const verdict = await attempts.once(samples, encoded, number, signal);
      if (verdict.kind === 'done') return verdict;
      if (signal.aborted) break;
      if (verdict.message !== undefined) tell(verdict.message);
      if (verdict.waitMs > 0) await clock.sleep(verdict.waitMs, signal);
    }
    return undefined;
  };
  return {
    async write(all, signal) {
      const parts = [all];
      let left = cuts;
      const before = count.sent;
      let message: string | undefined;
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        if (part.length === 0) continue;
        const verdict = await settle(part, signal);
        if (verdict === undefined) return false;
        message = verdict.message ?? message;
        if (verdict.refused === part.length && !verdict.isFinal && part.length > 1 && left > 0) {
          left--;
          const middle = part.length >>> 1;
          // The older half first: a series is written in its order.
          parts.push(part.slice(middle), part.slice(0, middle));
        } else {
          count.sent += part.length - verdict.refused;
          count.refused += verdict.refused;
        }
      }
      // Where nothing at all is taken, as after a long absence, searching it all for what might be is of no use.
      const isRefused = count.sent === before && all.length > 0;
      cuts = isRefused ? Math.max(LEAST_CUTS, cuts >>> 1) : MOST_CUTS;
      tell(isRefused ? message : undefined);
      return true;
    },
    stats: () => ({ ...attempts.stats(), sentSamples: count.sent, refusedSamples: count.refused, trouble }),
  };
}

interface Attempts {
  /** `encoded` keeps the body of each version while it is tried again. */
  once(
    samples: readonly Sample[],
    encoded: Map<number, Uint8Array>,
    number: number,
    signal: AbortSignal,
  ): Promise<Verdict>;
  stats(): Pick<ReceiverStats, 'version' | 'requests' | 'failures'>;
  /** The address without its query, which may hold a secret. */
  readonly place: string;
}

function createAttempts(options: RemoteWriteOptions): Attempts {
  const { timeoutMs = USUAL.timeoutMs, headers = {}, authorization, clock, random, log } = options;
  const url = receiverUrl(options.url);
  const place = `${url.origin}${url.pathname}`;
  const fetch = options.fetch ?? globalThis.fetch;
  const receiver = { url, headers, timeoutMs, clock, fetch, ...(authorization && { authorization }) };
  const judge = createJudge(options.version ?? USUAL.version, { log, random, place });
  const failures: Record<FailureReason, number> = { unreachable: 0, busy: 0, denied: 0, refused: 0 };
  let requests = 0;
  return {
    place,
    async once(samples, encoded, number, signal) {
      const { version } = judge;
      const body = encoded.get(version) ?? encode(batchOf(samples), version);
      encoded.set(version, body);
      requests++;
      const outcome = await send(receiver, body, version, signal);
      if (outcome.kind === 'again' && !signal.aborted) failures[outcome.reason]++;
      if (outcome.kind === 'refused') failures.refused++;
      return judge.judge(outcome, samples.length, number);
    },
    stats: () => ({ version: judge.version, requests, failures: { ...failures } }),
  };
}
