// To a Prometheus over HTTP or HTTPS, with connections that are kept. Long questions go as a form; credentials go to this
// address and to no other, so that a redirect is only followed within it.
import { readFile } from 'node:fs/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { AppError } from '#kit/errors.ts';
import { errorOfConnection } from './answer-error.ts';
import type { PrometheusTransport, TransportAnswer, TransportRequest } from './transport.ts';

export interface HttpTransportOptions {
  /** Where its `/api/v1` is, without that; may hold `user:password@`. */
  readonly url: string;
  readonly token?: string;
  /** Read for each question: tokens are renewed in place. */
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  /** The certificates to trust, in PEM. */
  readonly ca?: string;
  /** Whether any certificate will do. */
  readonly insecure?: boolean;
  readonly connections?: number;
  /** In place of one of its own; then the one who gave it closes it. */
  readonly dispatcher?: Dispatcher;
}

/** Longer than this, some proxy on the way may refuse an address. */
const MOST_ADDRESS = 2000;
const MOST_REDIRECTS = 3;
const CONNECT_TIMEOUT_MS = 10_000;

/** Throws `bad-config` for an address that is none. */
export function createHttpTransport(options: HttpTransportOptions): PrometheusTransport {
  const base = parseAddress(options.url);
  const authorize = credentials(options, base);
  base.username = '';
  base.password = '';
  const address = base.href.replace(/\/+$/, '');
  const dispatcher = options.dispatcher ?? createAgent(options);

  async function send(question: TransportRequest): Promise<TransportAnswer> {
    const form = new URLSearchParams(question.parameters).toString();
    const isLong = address.length + question.path.length + form.length > MOST_ADDRESS;
    const authorization = await authorize();
    let url = new URL(`${address}${question.path}${isLong || form === '' ? '' : `?${form}`}`);
    for (let redirects = 0; ; redirects++) {
      const answer = await request(url, {
        dispatcher,
        method: isLong ? 'POST' : 'GET',
        headers: {
          // Within a cluster packing costs the other side more than sending does.
          'accept-encoding': 'identity',
          ...(isLong ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: isLong ? form : null,
        signal: question.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      }).catch((error: unknown) => {
        throw errorOfConnection(address, error);
      });
      // Nobody may be reading when it breaks.
      answer.body.on('error', () => undefined);
      const location = answer.statusCode >= 300 && answer.statusCode < 400 ? answer.headers.location : undefined;
      if (location === undefined) return answerOf(answer);
      await answer.body.dump();
      url = redirected(address, url, String(location), redirects);
    }
  }

  return { address, send, close: () => (options.dispatcher === undefined ? dispatcher.destroy() : Promise.resolve()) };
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): TransportAnswer {
  const retryAfter = headers['retry-after'];
  return { status: statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, body };
}

function redirected(address: string, from: URL, location: string, redirects: number): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to?.origin === from.origin && redirects < MOST_REDIRECTS) return to;
  const where = to === undefined ? 'nowhere' : to.origin === from.origin ? 'in a circle' : `to ${to.origin}`;
  throw new AppError(
    'bad-input',
    `${address} leads ${where}, which is not followed: give the address of the Prometheus itself, and what lets us in there`,
  );
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    // The text may hold a password.
    throw new AppError(
      'bad-config',
      'the address of Prometheus must be like http://prometheus:9090 or https://host/path, with nothing behind the path',
    );
  }
  return url;
}

/** A user or password as it was meant: one with a bare % is no code for anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function createAgent({ ca, insecure, connections = 8 }: HttpTransportOptions): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      ...(ca === undefined ? {} : { ca }),
      ...(insecure === true ? { rejectUnauthorized: false } : {}),
    },
  });
}

function credentials(options: HttpTransportOptions, base: URL): () => Promise<string | undefined> {
  const { token, tokenFile } = options;
  const username = options.username ?? decoded(base.username);
  const password = options.password ?? decoded(base.password);
  if (tokenFile !== undefined) {
    return async () => {
      const text = await readFile(tokenFile, 'utf8').catch((cause: unknown) => {
        throw new AppError('forbidden', `the token file ${tokenFile} cannot be read: check its path and rights`, {
          cause,
        });
      });
      const held = text.trim();
      // A header takes nothing else, and the server would be said to be away.
      if (!/^[\x21-\x7e]+$/.test(held))
        throw new AppError('forbidden', `the token file ${tokenFile} does not hold a token in one line`);
      return `Bearer ${held}`;
    };
  }
  if (token !== undefined) return async () => `Bearer ${token}`;
  if (username === '' && password === '') return async () => undefined;
  const pair = Buffer.from(`${username}:${password}`).toString('base64');
  return async () => `Basic ${pair}`;
}
