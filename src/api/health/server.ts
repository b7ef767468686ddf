// A port for probes and for Prometheus, of every role: whether it lives, whether it is any use, and figures of its own. It
// tells nothing of what is watched, so it may listen beyond loopback, where the kubelet asks.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

export interface HealthServerOptions {
  /** Why it is not ready, as a sentence; undefined when it is. */
  ready(): Promise<string | undefined> | string | undefined;
  /** What is stuck though it is ready, as sentences. */
  notes?(): readonly string[];
  readonly metrics?: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly log: Log;
}

export interface HealthServer {
  /** Without a host on every address. Port 0 chooses one. */
  listen(at: { readonly host?: string; readonly port: number }): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 100;

export function createHealthServer(options: HealthServerOptions): HealthServer {
  const server = createServer({ requestTimeout: 5000, keepAliveTimeout: 5000 }, (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.log.error({ err: error }, 'a probe was not answered');
      send(response, 503, { code: 'internal', message: 'it failed; the log says why' });
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  return {
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
  if (path === '/healthz') return send(response, 200, { status: 'ok' });
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
