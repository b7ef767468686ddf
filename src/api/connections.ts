// The connections of an HTTP server, bounded so that slow clients keep nobody out and hold no memory: when there is one too
// many, the one that asks nothing for the longest goes; so does whoever asks without end before it has an answer, or does
// not take the answer in time, or, when much waits to be taken, the one that most waits for. What was shed is counted.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionStats {
  readonly connections: number;
  /** Let go because there were too many. */
  readonly crowded: number;
  /** Let go because it asked for too much at once. */
  readonly greedy: number;
  /** Whose request did not come in time. */
  readonly slowRequests: number;
  /** Whose answer was not taken in time, or was too much to wait with. */
  readonly untakenAnswers: number;
}

export interface ConnectionBounds {
  readonly most: number;
  /** Far above what any answer takes to be made and taken. Event streams, told by `setHeader`, have no end. */
  readonly answerMs: number;
  /** What may wait to be taken, by all together. */
  readonly mostUntakenBytes?: number;
  readonly checkMs?: number;
}

/** How often Node looks for requests that are late (the server's option `connectionsCheckingInterval`), and we for answers. */
export const CHECK_MS = 1000;
/** One after the other, as browsers ask: what is asked for before the last answer was taken would be made and kept. */
const MOST_AT_ONCE = 1;
const MOST_UNTAKEN_BYTES = 64 * 1024 * 1024;

/** To be called before the server listens. Who answers `clientError` ends the connection. */
export function boundConnections(server: Server, bounds: ConnectionBounds): () => ConnectionStats {
  const { most, answerMs, mostUntakenBytes = MOST_UNTAKEN_BYTES, checkMs = CHECK_MS } = bounds;
  /** Oldest first. */
  const resting = new Set<Socket>();
  /** What is being answered, and since which check. */
  const asking = new Map<Socket, Map<ServerResponse, number>>();
  const counts = { crowded: 0, greedy: 0, slowRequests: 0, untakenAnswers: 0 };
  let checks = 0;

  const drop = (socket: Socket, reason: keyof typeof counts): void => {
    if (!socket.destroyed) counts[reason]++;
    socket.destroy();
  };
  server.on('connection', (socket: Socket) => {
    resting.add(socket);
    socket.once('close', () => {
      resting.delete(socket);
      asking.delete(socket);
    });
    if (resting.size + asking.size <= most) return;
    // This one itself when all others are being answered.
    const [oldest = socket] = resting;
    drop(oldest, 'crowded');
  });
  // Before anybody answers.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (socket.destroyed) return;
    const answers = asking.get(socket) ?? new Map<ServerResponse, number>();
    asking.set(socket, answers.set(response, checks));
    resting.delete(socket);
    if (answers.size > MOST_AT_ONCE) drop(socket, 'greedy');
    response.once('close', () => {
      answers.delete(response);
      if (answers.size > 0 || socket.destroyed) return;
      asking.delete(socket);
      resting.add(socket);
    });
  });
  server.on('clientError', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') counts.slowRequests++;
  });
  const check = (): void => {
    checks++;
    const late = checks - answerMs / checkMs;
    for (const [socket, answers] of asking) {
      if ([...answers].some(([response, since]) => since < late && !isStream(response))) drop(socket, 'untakenAnswers');
    }
    const waiting = [...asking].map(([socket, answers]) => ({ socket, bytes: untakenBytes(answers) }));
    let all = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { socket, bytes } of waiting.sort((a, b) => b.bytes - a.bytes)) {
      if (all <= mostUntakenBytes) break;
      all -= bytes;
      drop(socket, 'untakenAnswers');
    }
  };
  const checking = setInterval(check, checkMs).unref();
  server.once('close', () => clearInterval(checking));
  return () => ({ connections: resting.size + asking.size, ...counts });
}

function untakenBytes(answers: ReadonlyMap<ServerResponse, number>): number {
  return [...answers.keys()].reduce((sum, { writableLength }) => sum + writableLength, 0);
}

function isStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
}
