// Asks one pod for its metrics: only the port that it declares, only its own address and never one that leads elsewhere than
// to a pod, no further than that, and neither longer nor more than agreed.
import { isIP } from 'node:net';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { withDeadline } from '../prometheus/deadline.ts';
import { type ExposedSample, parseExposition } from './exposition.ts';
import { whyNotAsked } from './pod-address.ts';

export interface ScrapeTarget {
  /** The pod's address, IPv4 or IPv6. */
  readonly ip: string;
  readonly port: number;
  /** `/metrics`, with its leading slash. */
  readonly path: string;
  /** Whatever certificate it has is taken: nothing secret is sent, and pods have none that could be checked. */
  readonly scheme?: 'http' | 'https';
}

export interface ScrapeLimits {
  readonly timeoutMs: number;
  /** After unpacking. */
  readonly maxBytes: number;
  readonly maxSamples: number;
  /** Names of metrics; all of them unless told. */
  readonly wanted?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

export interface ScrapeDeps {
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  /** Why an address is none to ask; what leads to no pod is refused unless told otherwise. */
  readonly refusal?: (ip: string) => string | undefined;
}

const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.8,*/*;q=0.1';

/** What metrics come as; some exporters do not say. */
const TEXT = /^\s*($|text\/|application\/openmetrics-text)/i;

/** Rejects with an AppError: `unavailable` (retryable), `bad-input` (no metrics there), `too-much`, `forbidden`. */
export async function scrapeTarget(
  target: ScrapeTarget,
  limits: ScrapeLimits,
  { clock, dispatcher, refusal = whyNotAsked }: ScrapeDeps,
): Promise<ExposedSample[]> {
  const url = addressOf(target);
  const why = refusal(target.ip);
  if (why !== undefined) throw new AppError('forbidden', `${url} is not asked: ${why}`);
  const { timeoutMs, signal } = limits;
  const late = () => new AppError('unavailable', `${url} did not answer within ${timeoutMs} ms`, { retryable: true });
  const left = () => new AppError('unavailable', `the scrape of ${url} was given up`);
  return withDeadline(clock, { timeoutMs, signal, late, left }, async (signal) => {
    const headers = { accept: ACCEPT, 'accept-encoding': 'gzip' };
    const options = { dispatcher, headers, signal, headersTimeout: 0, bodyTimeout: 0 };
    const answer = await request(url, options).catch((cause: unknown) => {
      throw noAnswer(url, cause);
    });
    // Nobody may be reading when it breaks.
    answer.body.on('error', () => undefined);
    // Nothing is followed: a pod must not make us ask somebody else.
    if (answer.statusCode !== 200) {
      answer.body.destroy();
      throw wrongStatus(url, answer.statusCode);
    }
    const contentType = String(answer.headers['content-type'] ?? '');
    if (!TEXT.test(contentType)) {
      answer.body.destroy();
      throw new AppError(
        'bad-input',
        `${url} answered with ${contentType.slice(0, 100)}: is this where the pod exposes its metrics?`,
      );
    }
    const text = await readBody(url, answer, limits.maxBytes);
    if (text.trimStart().startsWith('<')) {
      throw new AppError('bad-input', `${url} answered with HTML: is this where the pod exposes its metrics?`);
    }
    const { maxSamples, wanted } = limits;
    return parseExposition(text, { target: url, contentType, maxSamples, ...(wanted === undefined ? {} : { wanted }) });
  });
}

function addressOf({ ip, port, path, scheme = 'http' }: ScrapeTarget): string {
  const host = ip.includes(':') ? `[${ip}]` : ip;
  const text = `${scheme}://${host}:${port}${path}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Neither the address nor the path may lead to another host; to a URL even "2130706433" is an address.
  const isOwn = isIP(ip) !== 0 && url?.hostname === new URL(`http://${host}`).hostname;
  if (url === undefined || !isOwn || !path.startsWith('/') || !(port > 0 && port < 65_536)) {
    throw new AppError('bad-input', `"${text}" is no address of a pod's metrics`);
  }
  return url.href;
}

async function readBody(url: string, answer: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const encoding = String(answer.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity') {
    answer.body.destroy();
    throw new AppError('bad-input', `${url} answered in the encoding ${encoding}, which was not asked for`);
  }
  const body = encoding === 'gzip' ? pipeline(answer.body, createGunzip(), () => undefined) : answer.body;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      if (bytes > maxBytes) {
        throw new AppError(
          'too-much',
          `${url} exposes more than ${maxBytes} bytes: it has too many metrics to be read so`,
        );
      }
      pieces.push(piece);
    }
  } catch (cause) {
    throw noAnswer(url, cause);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function wrongStatus(url: string, status: number): AppError {
  if (status === 401 || status === 403) return new AppError('forbidden', `${url} wants to know who asks (${status})`);
  const isPassing = status === 429 || status >= 500;
  const message = `${url} answered ${status}${isPassing ? '' : ': is this where the pod exposes its metrics?'}`;
  return new AppError(isPassing ? 'unavailable' : 'bad-input', message, { retryable: isPassing });
}

function noAnswer(url: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new AppError('unavailable', `no answer from ${url}, or only a part of one (${code})`, {
    cause,
    retryable: true,
  });
}
