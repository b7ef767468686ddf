// Asks one pod for its metrics: only the port that it declares, only over plain HTTP to its own address, never further
// than that, and neither longer nor more than agreed.
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { withDeadline } from '../prometheus/deadline.ts';
import { type ExposedSample, parseExposition } from './exposition.ts';

export interface ScrapeTarget {
  /** The pod's address, IPv4 or IPv6. */
  readonly ip: string;
  readonly port: number;
  /** `/metrics`, with its leading slash. */
  readonly path: string;
}

export interface ScrapeLimits {
  readonly timeoutMs: number;
  /** After unpacking. */
  readonly maxBytes: number;
  readonly maxSamples: number;
  readonly signal?: AbortSignal;
}

export interface ScrapeDeps {
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
}

const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.8,*/*;q=0.1';

/** Rejects with an AppError: `unavailable` (retryable), `bad-input` (no metrics there), `too-much`, `forbidden`. */
export async function scrapeTarget(
  target: ScrapeTarget,
  limits: ScrapeLimits,
  { clock, dispatcher }: ScrapeDeps,
): Promise<ExposedSample[]> {
  const url = addressOf(target);
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
    const text = await readBody(url, answer, limits.maxBytes);
    if (text.trimStart().startsWith('<')) {
      throw new AppError('bad-input', `${url} answered with HTML: is this where the pod exposes its metrics?`);
    }
    const contentType = String(answer.headers['content-type'] ?? '');
    return parseExposition(text, { target: url, contentType, maxSamples: limits.maxSamples });
  });
}

function addressOf({ ip, port, path }: ScrapeTarget): string {
  const host = ip.includes(':') ? `[${ip}]` : ip;
  const text = `http://${host}:${port}${path}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Neither the address nor the path may lead to another host.
  const isOwn = /^[\d.]+$|^[\da-f:.]+$/i.test(ip) && url?.hostname === new URL(`http://${host}`).hostname;
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
