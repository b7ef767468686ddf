// One attempt to write a batch, and what its answer means for the next one.
import type { Clock } from '#kit/clock.ts';
import { headersOf, type RemoteWriteVersion } from './encode.ts';

export interface Receiver {
  readonly url: URL;
  /** Beside those of remote write. */
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: () => Promise<string>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

/** Why an attempt failed, for counting. */
export type FailureReason = 'unreachable' | 'busy' | 'denied' | 'refused';

export type Outcome =
  /** `written` is undefined where the receiver does not count. */
  | { readonly kind: 'taken'; readonly written: number | undefined }
  | {
      readonly kind: 'again';
      readonly reason: Exclude<FailureReason, 'refused'>;
      readonly message: string;
      readonly afterMs: number | undefined;
    }
  /** `mayBeVersion` when the version may be what it does not know. */
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly written: number | undefined;
      readonly mayBeVersion: boolean;
    };

const MOST_WAIT_MS = 300_000;
const MOST_MESSAGE = 300;
/** Of the caller or the address, not of the samples: they wait until somebody has put it right. */
const DENIED = [401, 403, 404, 405, 407];
/** What receivers of the old version alone say to the new one. */
const PERHAPS_UNKNOWN = [400, 406, 415];

/** Never rejects: no answer is one as well. */
export async function send(
  { url, headers, authorization, timeoutMs, clock, fetch }: Receiver,
  body: Uint8Array,
  version: RemoteWriteVersion,
  signal: AbortSignal,
): Promise<Outcome> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  const answered = new AbortController();
  const deadline = clock.sleep(timeoutMs, answered.signal).then(end);
  try {
    const known = authorization === undefined ? {} : { authorization: await authorization() };
    const all = { 'user-agent': 'tidewatch', ...headers, ...known, ...headersOf(version) };
    const init = { method: 'POST', headers: all, body: Buffer.from(body), redirect: 'manual', signal: ending.signal };
    const response = await fetch(url, init as RequestInit);
    return outcomeOf(response, await response.text(), clock.nowMs());
  } catch (error) {
    const late = `no answer within ${timeoutMs / 1000} s`;
    const message = signal.aborted ? 'the writer was closed' : ending.signal.aborted ? late : reasonOf(error);
    return { kind: 'again', reason: 'unreachable', message, afterMs: undefined };
  } finally {
    answered.abort();
    signal.removeEventListener('abort', end);
    await deadline;
  }
}

function outcomeOf({ status, headers }: Response, text: string, nowMs: number): Outcome {
  const message = `it answered ${status}: ${text.trim().slice(0, MOST_MESSAGE)}`;
  const counted = headers.get('x-prometheus-remote-write-samples-written');
  if (status >= 200 && status < 300) return { kind: 'taken', written: counted === null ? undefined : Number(counted) };
  const afterMs = waitOf(headers.get('retry-after'), nowMs);
  if (status >= 500 || status === 429 || status === 408) return { kind: 'again', reason: 'busy', message, afterMs };
  if (status < 400 || DENIED.includes(status)) return { kind: 'again', reason: 'denied', message, afterMs };
  const written = counted === null ? undefined : Number(counted);
  return { kind: 'refused', message, written, mayBeVersion: PERHAPS_UNKNOWN.includes(status) };
}

/** Of `Retry-After`: seconds, or a date. */
function waitOf(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(MOST_WAIT_MS, Math.max(0, waitMs));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch hides in `cause` what went wrong.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
