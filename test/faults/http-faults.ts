// An HTTP proxy before a real server that now and then answers worse than it: with a status, with a page of HTML, with half
// a body, or never. Everything else passes unchanged.
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, startLocalServer } from '../fixtures/local-server.ts';

export type HttpFault =
  /** Answered at once, without asking the server. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** As a login page or a maintenance page in between does. */
  | { readonly kind: 'html' }
  /** The whole length is promised, and the connection reset after this share of it. */
  | { readonly kind: 'cut'; readonly ratio: number }
  /** The body ends after this share of it, as if that were all. */
  | { readonly kind: 'short'; readonly ratio: number }
  /** The request is taken, and nothing comes. */
  | { readonly kind: 'hang' };

export interface HttpFaults extends LocalServer {
  /** Asked for each request; undefined: it passes. */
  choose: (path: string) => HttpFault | undefined;
  /** How often each took place. */
  readonly counts: Readonly<Record<HttpFault['kind'], number>>;
  readonly passed: number;
}

/** `targetUrl`: of the real server, over HTTP. */
export async function startHttpFaults(targetUrl: string): Promise<HttpFaults> {
  const counts = { status: 0, html: 0, cut: 0, short: 0, hang: 0 };
  let passed = 0;
  const server = await startLocalServer((incoming, outgoing) => {
    const fault = faults.choose(incoming.url ?? '');
    if (fault === undefined) passed++;
    else counts[fault.kind]++;
    answer(targetUrl, incoming, outgoing, fault).catch(() => outgoing.destroy());
  });
  const faults: HttpFaults = {
    ...server,
    choose: () => undefined,
    counts,
    get passed() {
      return passed;
    },
  };
  return faults;
}

async function answer(
  targetUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: HttpFault | undefined,
): Promise<void> {
  // Read also when it is not passed on, so that the connection can be used again.
  const sent = await buffer(incoming);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'html') {
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please log in.</body></html>');
    return;
  }
  if (fault?.kind === 'status') {
    const { status, retryAfterSeconds } = fault;
    outgoing.writeHead(status, retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) });
    outgoing.end('not now\n');
    return;
  }
  const { status, headers, body } = await ask(targetUrl, incoming, sent);
  if (fault === undefined) {
    outgoing.writeHead(status, headers).end(body);
    return;
  }
  const part = body.subarray(0, Math.floor(body.length * fault.ratio));
  if (fault.kind === 'short') {
    outgoing.writeHead(status, { ...headers, 'content-length': part.length }).end(part);
    return;
  }
  outgoing.writeHead(status, { ...headers, 'content-length': body.length });
  outgoing.write(part, () => outgoing.socket?.resetAndDestroy());
}

async function ask(targetUrl: string, { method = 'GET', url = '', headers }: IncomingMessage, sent: Buffer) {
  const { 'accept-encoding': _, ...kept } = headers;
  const call = request(`${targetUrl}${url}`, { method, headers: kept });
  // It may break after its answer has begun as well.
  call.on('error', () => undefined);
  call.end(sent);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const body = await buffer(response);
  const type = response.headers['content-type'] ?? 'application/json';
  return { status: response.statusCode ?? 502, headers: { 'content-type': type }, body };
}
