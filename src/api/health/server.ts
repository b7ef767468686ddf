// A port for probes and for Prometheus, of every role: whether it lives, whether it is any use, figures of its own, and what
// Prometheus should scrape for it. It tells nothing else of what is watched, so it may listen beyond loopback, where the
// kubelet asks.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { boundConnections, CHECK_MS, type ConnectionStats } from '../connections.ts';
import { replyToUnreadable } from '../unreadable.ts';

export interface HealthServerOptions {
  /**
   * Why only a new start helps, as a sentence; undefined as long as it lives. Never for something outside of the process: that
   * is no better after a start. That an event loop stands still shows by itself: nothing is answered.
   */
  alive?(): string | undefined;
  /** Why it is not ready, as a sentence; undefined when it is. */
  ready(): Promise<string | undefined> | string | undefined;
  /** What is stuck though it is ready, as sentences. */
  notes?(): readonly string[];
  readonly metrics?: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** What else is answered, as JSON, by path; undefined as long as it is not known. */
  readonly pages?: ReadonlyMap<string, () => object | undefined>;
  readonly log: Log;
}

export interface HealthServer {
  /** Without a host on every address. Port 0 chooses one. */
  listen(at: { readonly host?: string; readonly port: number }): Promise<{ readonly port: number }>;
  connections(): ConnectionStats;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 100;
const ANSWER_MS = 30_000;
const LIMITS = { requestTimeout: 5000, keepAliveTimeout: 5000, connectionsCheckingInterval: CHECK_MS } as const;
const NOT_KNOWN = { code: 'unavailable', message: 'it is not known yet' };

export function createHealthServer(options: HealthServerOptions): HealthServer {
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.log.error({ err: error }, 'a probe was not answered');
      send(response, 503, { code: 'internal', message: 'it failed; the log says why' });
    });
  });
  server.on('clientError', replyToUnreadable);
  const connections = boundConnections(server, { most: MOST_CONNECTIONS, answerMs: ANSWER_MS });
  return {
    connections,
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', (cause: NodeJS.ErrnoException) => {
          const code = cause.code === 'EADDRINUSE' ? 'in-use' : 'unavailable';
          reject(new AppError(code, `the health port ${port} cannot be opened: ${cause.message}`, { cause }));
        });
        server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HealthServerOptions): Promise<void> {
  const { method, url = '' } = request;
  const [path] = url.split('?');
  if (method !== 'GET' && method !== 'HEAD') {
    return send(response, 405, { code: 'bad-usage', message: 'only GET is answered here' });
  }
  if (path === '/healthz') {
    const reason = options.alive?.();
    if (reason === undefined) return send(response, 200, { status: 'ok' });
    return send(response, 503, { code: 'internal', message: reason });
  }
  if (path === '/readyz') {
    const reason = await options.ready();
    const notes = options.notes?.() ?? [];
    if (reason === undefined) return send(response, 200, { status: 'ready', ...(notes.length > 0 && { notes }) });
    return send(response, 503, { code: 'unavailable', message: reason });
  }
  if (path === '/metrics' && options.metrics !== undefined) {
    const { contentType, text } = await options.metrics();
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
    return;
  }
  const page = options.pages?.get(path ?? '');
  if (page !== undefined) {
    const known = page();
    // An error, and not nothing: whoever asks goes on with what it was told before.
    return known === undefined ? send(response, 503, NOT_KNOWN) : send(response, 200, known);
  }
  send(response, 404, { code: 'not-found', message: 'there is /healthz, /readyz and /metrics' });
}

function send(response: ServerResponse, code: number, body: object): void {
  if (response.headersSent) return void response.end();
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  response.writeHead(code, headers).end(`${JSON.stringify(body)}\n`);
}
