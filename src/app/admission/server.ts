// The door that the API server knocks at: HTTPS, three paths, and nothing of it lasts. A new certificate is taken for new
// connections while open ones go on.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { Answers, Path } from './answers.ts';
import type { AdmissionMetrics, Stage } from './metrics.ts';

export interface Leaf {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface AdmissionServerOptions {
  readonly answers: Answers;
  readonly leaf: Leaf;
  readonly metrics: Pick<AdmissionMetrics, 'answered'>;
  readonly nowMs: () => number;
  readonly log: Log;
}

export interface AdmissionServer {
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** For connections from now on. */
  use(leaf: Leaf): void;
  /** From now on each answer ends its connection. */
  drain(): void;
  /** What is under way has `graceMs` to end. */
  close(graceMs: number): Promise<void>;
}

/** Two objects of the API server's most, 3 MiB, in one review of admission. */
const MOST_ADMISSION_BYTES = 8 * 2 ** 20;
/** A page of 500 objects comes at once. */
const MOST_CONVERSION_BYTES = 32 * 2 ** 20;
/** Of all that are under way: no policy can name the API server, so whoever is in the cluster may send something. */
const MOST_BYTES_AT_ONCE = 48 * 2 ** 20;
/** Separators in one review: each value takes memory of its own, however few bytes it has. A page of usual objects has a tenth. */
const MOST_SEPARATORS = 1_000_000;
const COMMA = 0x2c;
/** Whoever sends longer may be let go for others: the API server sends what it has at once. */
const MOST_SENDING_MS = 2000;
const STAGES: Readonly<Record<Path, Exclude<Stage, 'bundle'>>> = {
  '/validate': 'validate',
  '/mutate': 'mutate',
  '/convert': 'convert',
};

export function createAdmissionServer(options: AdmissionServerOptions): AdmissionServer {
  const { leaf, log } = options;
  const room: Room = { leftBytes: MOST_BYTES_AT_ONCE, senders: new Set(), nowMs: options.nowMs };
  let isDraining = false;
  // The API server closes after 90 s of silence: were it us, a request of its could cross with the end.
  const timeouts = {
    keepAliveTimeout: 120_000,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    handshakeTimeout: 10_000,
    connectionsCheckingInterval: 5000,
  };
  const server = createServer({ ...timeouts, cert: leaf.cert, key: leaf.key }, (request, response) => {
    if (isDraining) response.setHeader('connection', 'close');
    answer(request, response, options, room).catch((error: unknown) => {
      log.error({ err: error }, 'a review was not answered');
      send(response, 500, 'it failed; the log says why\n', 'text/plain');
    });
  });
  return {
    async listen({ host, port }) {
      const failed = Promise.withResolvers<never>();
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const code = cause.code === 'EADDRINUSE' ? 'in-use' : 'unavailable';
        failed.reject(new AppError(code, `port ${port} cannot be opened: ${cause.message}`, { cause }));
      });
      server.listen({ host, port });
      await Promise.race([once(server, 'listening'), failed.promise]);
      return { port: (server.address() as AddressInfo).port };
    },
    use: ({ cert, key }) => server.setSecureContext({ cert, key }),
    drain() {
      isDraining = true;
    },
    async close(graceMs) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed.finally(() => clearTimeout(late));
    },
  };
}

/** What may still be read, of all requests together. */
interface Room {
  leftBytes: number;
  /** The one that began first at the beginning. */
  readonly senders: Set<Sender>;
  nowMs(): number;
}

interface Sender {
  readonly request: IncomingMessage;
  readonly beganMs: number;
  bytes: number;
}

/** Lets those go that have been sending for long, until there is room: else two who never end would keep all others out. */
function makeRoom(room: Room): boolean {
  for (const sender of room.senders) {
    if (room.leftBytes >= 0 || room.nowMs() - sender.beganMs <= MOST_SENDING_MS) break;
    leave(room, sender);
    sender.request.destroy();
  }
  return room.leftBytes >= 0;
}

function leave(room: Room, sender: Sender): void {
  room.senders.delete(sender);
  room.leftBytes += sender.bytes;
  sender.bytes = 0;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { answers, metrics, nowMs }: AdmissionServerOptions,
  room: Room,
): Promise<void> {
  const beganMs = nowMs();
  const [path = ''] = (request.url ?? '').split('?');
  if (!isPath(path)) return send(response, 404, 'there is /validate, /mutate and /convert\n', 'text/plain');
  if (request.method !== 'POST') return send(response, 405, 'only POST is answered here\n', 'text/plain');
  const took = () => (nowMs() - beganMs) / 1000;
  try {
    const body = await bodyOf(request, path === '/convert' ? MOST_CONVERSION_BYTES : MOST_ADMISSION_BYTES, room);
    if (body === 'too-large' || body === 'too-much') {
      // What is still on its way is not read: the connection cannot be used again.
      response.setHeader('connection', 'close');
      if (body === 'too-large') send(response, 413, 'the review is too large\n', 'text/plain');
      else send(response, 503, 'too much is under way: ask again\n', 'text/plain');
      return metrics.answered(STAGES[path], 'failed', took());
    }
    const { status, text, outcome } = answers[path](body.text);
    send(response, status, text, status === 200 ? 'application/json' : 'text/plain');
    metrics.answered(STAGES[path], outcome, took());
  } catch (error) {
    metrics.answered(STAGES[path], 'failed', took());
    // Who went away needs no answer.
    if (request.destroyed && !request.complete) return;
    throw error;
  }
}

function isPath(path: string): path is Path {
  return Object.hasOwn(STAGES, path);
}

/** Rejects when the other side goes away before all is there. */
async function bodyOf(
  request: IncomingMessage,
  mostBytes: number,
  room: Room,
): Promise<{ readonly text: string } | 'too-large' | 'too-much'> {
  const chunks: Buffer[] = [];
  let separators = 0;
  const sender: Sender = { request, beganMs: room.nowMs(), bytes: 0 };
  room.senders.add(sender);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      sender.bytes += chunk.length;
      room.leftBytes -= chunk.length;
      if (sender.bytes > mostBytes) return 'too-large';
      if (!makeRoom(room)) return 'too-much';
      separators += countOf(chunk, COMMA);
      if (separators > MOST_SEPARATORS) return 'too-large';
      chunks.push(chunk);
    }
    return { text: Buffer.concat(chunks).toString('utf8') };
  } finally {
    leave(room, sender);
  }
}

function countOf(chunk: Buffer, byte: number): number {
  let count = 0;
  for (let at = chunk.indexOf(byte); at >= 0; at = chunk.indexOf(byte, at + 1)) count++;
  return count;
}

function send(response: ServerResponse, status: number, text: string, contentType: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
}
