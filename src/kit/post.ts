// One attempt to send something to somebody else's server, and what its answer means for the next one: it is taken, it is to
// be tried again, or it will never be taken.
import type { Clock } from './clock.ts';

export interface PostTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: () => Promise<string>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

/** Why an attempt failed, for counting. */
export type FailureReason = 'unreachable' | 'busy' | 'denied' | 'refused';

export type PostOutcome =
  | { readonly kind: 'taken'; readonly headers: Headers }
  | {
      readonly kind: 'again';
      readonly reason: Exclude<FailureReason, 'refused'>;
      readonly message: string;
      readonly afterMs: number | undefined;
    }
  | { readonly kind: 'refused'; readonly message: string; readonly status: number; readonly headers: Headers };

const MOST_WAIT_MS = 300_000;
const MOST_MESSAGE = 300;
/** Of an answer no more is read: its beginning says what is wrong, and it may have no end. */
const MOST_ANSWER_BYTES = 16_384;
/** Shorter parts of a path are words such as `api`. */
const LEAST_SECRET = 8;
/** Of the caller or the address, not of what is sent: it waits until somebody has put it right. */
const DENIED = [401, 403, 404, 405, 407];

/** Never rejects: no answer is one as well. Redirects are not followed: what is sent goes nowhere else. */
export async function post(
  { url, headers, authorization, timeoutMs, clock, fetch }: PostTarget,
  body: Uint8Array | string,
  signal: AbortSignal,
): Promise<PostOutcome> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const answered = new AbortController();
  const deadline = clock.sleep(timeoutMs, answered.signal).then(end);
  let known: string | undefined;
  try {
    known = await authorization?.();
    const all = { 'user-agent': 'tidewatch', ...headers, ...(known !== undefined && { authorization: known }) };
    const init = { method: 'POST', headers: all, body: Buffer.from(body), redirect: 'manual', signal: ending.signal };
    const response = await fetch(url, init as RequestInit);
    // That it was taken is certain by now, however its answer goes on.
    const text = response.ok ? await beginningOf(response).catch(() => '') : await beginningOf(response);
    return outcomeOf(response, withoutSecrets(text, url, known), clock.nowMs());
  } catch (error) {
    const late = `no answer within ${timeoutMs / 1000} s`;
    const message = signal.aborted ? 'the sender was closed' : ending.signal.aborted ? late : reasonOf(error);
    return { kind: 'again', reason: 'unreachable', message: withoutSecrets(message, url, known), afterMs: undefined };
  } finally {
    answered.abort();
    signal.removeEventListener('abort', end);
    await deadline;
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const part of body ?? []) {
    text += decoder.decode(part, { stream: true });
    size += part.byteLength;
    // Leaving the loop ends the connection.
    if (size >= MOST_ANSWER_BYTES) break;
  }
  return text;
}

/** Servers say what they were asked for, and a message is logged and shown: an address may be a secret, and a token is one. */
function withoutSecrets(message: string, { pathname, search, searchParams }: URL, authorization = ''): string {
  const path = pathname.length > 1 ? [`${pathname}${search}`, pathname] : [];
  const parts = [...pathname.split('/'), ...searchParams.values(), authorization.replace(/^\S+ /, '')];
  const secrets = [...path, search.slice(1), ...parts.filter(({ length }) => length >= LEAST_SECRET)];
  const forms = new Set(secrets.flatMap((secret) => [secret, decoded(secret)]).filter((secret) => secret !== ''));
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  return longestFirst.reduce((text, secret) => text.replaceAll(secret, '…'), message);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function outcomeOf({ status, headers }: Response, text: string, nowMs: number): PostOutcome {
  const message = `it answered ${status}: ${text.trim().slice(0, MOST_MESSAGE)}`;
  if (status >= 200 && status < 300) return { kind: 'taken', headers };
  const afterMs = waitOf(headers.get('retry-after'), nowMs);
  if (status >= 500 || status === 429 || status === 408) return { kind: 'again', reason: 'busy', message, afterMs };
  if (status < 400 || DENIED.includes(status)) return { kind: 'again', reason: 'denied', message, afterMs };
  return { kind: 'refused', message, status, headers };
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
