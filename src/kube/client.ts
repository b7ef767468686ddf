// Requests to one API server. It makes the calls that are declared and no other, keeps a deadline for each, sends the
// credentials as they are now, and turns every refusal into a KubeError with a sentence. Connections are pooled per set
// of certificates (a TLS handshake costs more than most answers); a new set gets a new pool, and the old one ends when
// its last answer has. The token is a header of each request, so that a new one needs no new connection.
import type { Dispatcher } from 'undici';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { KubeAccess, KubeCredentials } from './access.ts';
import { openDispatchers } from './connections.ts';
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from './contract.ts';
import { connectionError, hasStatus, KubeError, type KubeStatus, refusalError } from './kube-error.ts';
import { METHODS, pathOf, resourceOf } from './kube-path.ts';
import { type RequestSignal, requestSignal } from './request-signal.ts';

export interface KubeClientOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly userAgent: string;
}

const DEADLINE_MS = 30_000;
/** Of a refusal; the API server's own are far shorter. */
const MOST_REFUSAL_BYTES = 64 * 1024;

interface Exchange {
  readonly call: KubeCall;
  readonly target: KubeTarget;
  readonly request: KubeRequest;
  readonly path: string;
  readonly ending: RequestSignal;
}

export function createKubeClient(access: KubeAccess, options: KubeClientOptions): KubeClient {
  const { clock, log, userAgent } = options;
  const { server } = access;
  const dispatchers = openDispatchers(server);

  const send = async (exchange: Exchange, credentials: KubeCredentials) => {
    const { call, request, path, ending } = exchange;
    const { contentType = 'application/json', body } = request;
    return await dispatchers.of(credentials).request({
      origin: new URL(server).origin,
      path: new URL(server).pathname.replace(/\/$/, '') + path,
      method: METHODS[call.verb],
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...credentials.headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      signal: ending.signal,
    });
  };

  const exchangeOnce = async (exchange: Exchange, fresh: boolean) => {
    const response = await send(exchange, await access.credentials({ fresh }));
    if (response.statusCode < 400) return response.body;
    throw await refusalOf(server, exchange, response);
  };

  /** The answer's body; every way to fail is a KubeError. */
  const exchange = async (call: KubeCall, target: KubeTarget, request: KubeRequest, ending: RequestSignal) => {
    const one = { call, target, request, path: pathOf(call, target, request.query), ending };
    try {
      return await exchangeOnce(one, false).catch((error) => {
        if (!hasStatus(error, 401)) throw error;
        log.debug({ server }, 'asking again with fresh credentials');
        return exchangeOnce(one, true);
      });
    } catch (error) {
      throw failureOf(server, call, ending, error);
    }
  };

  return {
    server,
    request: async <T>(call: KubeCall, target: KubeTarget, request: KubeRequest = {}) => {
      const ending = requestSignal(clock, request.timeoutMs ?? DEADLINE_MS, request.signal);
      try {
        const body = await exchange(call, target, request, ending);
        const text = await body.text().catch((error) => {
          throw failureOf(server, call, ending, error);
        });
        return parseAnswer<T>(server, call, text);
      } finally {
        ending.end();
      }
    },
    stream: async (call, target, request = {}) => {
      const ending = requestSignal(clock, request.timeoutMs ?? DEADLINE_MS, request.signal);
      try {
        const body = await exchange(call, target, request, ending);
        // A watch goes on for as long as it is told to; its silence is the reflector's to judge.
        if (call.verb === 'watch') ending.stopClock();
        // Nobody may be reading when it breaks.
        body.on('error', () => {});
        body.once('close', () => ending.end());
        return chunksOf(body, (error) => failureOf(server, call, ending, error));
      } catch (error) {
        ending.end();
        throw error;
      }
    },
    close: () => dispatchers.close(),
  };
}

async function* chunksOf(body: AsyncIterable<Uint8Array>, toFailure: (error: unknown) => unknown) {
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    throw toFailure(error);
  }
}

function parseAnswer<T>(server: string, call: KubeCall, text: string): T {
  try {
    return JSON.parse(text === '' ? 'null' : text) as T;
  } catch (cause) {
    const message = `the API server at ${server} answered ${call.verb} ${resourceOf(call)} with something that is not JSON`;
    throw new KubeError(0, 'Unreadable', message, { cause });
  }
}

async function refusalOf(server: string, { call, target }: Exchange, response: Dispatcher.ResponseData) {
  const { statusCode: status, headers, body } = response;
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > MOST_REFUSAL_BYTES) break;
  }
  const header = headers['retry-after'];
  const retryAfter = typeof header === 'string' ? header : undefined;
  return refusalError({ call, target, server, status, body: statusIn(text), retryAfter });
}

function statusIn(text: string): KubeStatus {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // A proxy in between, or a server that is just starting, answers in plain text.
  }
  return { message: text.trim().slice(0, 300) };
}

function failureOf(server: string, call: KubeCall, ending: RequestSignal, error: unknown): unknown {
  // What this house refused or found out itself is said already.
  if (error instanceof Error && error.name !== 'AbortError' && 'retryable' in error) return error;
  const what = `${call.verb} ${resourceOf(call)}`;
  if (ending.endedBy === 'deadline') {
    const seconds = ending.timeoutMs / 1000;
    const message = `the API server at ${server} did not answer ${what} within ${seconds} s: is it overloaded, or cut off?`;
    return new KubeError(0, 'Timeout', message, { cause: error });
  }
  if (ending.endedBy === 'caller') return new KubeError(0, 'Aborted', `${what} was given up`, { cause: error });
  return connectionError(server, what, error);
}
