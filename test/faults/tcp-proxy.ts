// A TCP proxy that breaks connections on purpose: it stands before a real server and passes bytes on as they come, until it
// is told to pause, delay, cut, half-close or reset. A fault is of one connection or of all, those that come later among
// them, and of one direction or both. What passed is counted, so that a test knows that its fault took place.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createPipe, type Pipe } from './pipe.ts';

/** `up`: from the client to the server; `down`: back. */
export type Direction = 'up' | 'down';
export const DIRECTIONS: readonly Direction[] = ['up', 'down'];

export interface Faults {
  /** Nothing passes, and nothing is closed: what was sent waits in the sender's buffers. */
  pause(direction?: Direction): void;
  /** After `pause`. */
  resume(direction?: Direction): void;
  /** Everything arrives this much later, in its order; 0 ends it. */
  delay(delayMs: number, direction?: Direction): void;
  /** So many bytes more pass, then the connection is reset. */
  cutAfter(sizeBytes: number, direction: Direction): void;
  /** The receiver of this direction is told that nothing more comes; what comes all the same is dropped. */
  halfClose(direction: Direction): void;
  /** Both sides get a RST. */
  reset(): void;
}

export interface ProxiedConnection extends Faults {
  /** From 1, in the order in which they came. */
  readonly number: number;
  readonly passedBytes: Readonly<Record<Direction, number>>;
  readonly isOpen: boolean;
}

export interface TcpProxy extends Faults {
  readonly port: number;
  /** Those that are open. */
  readonly connections: readonly ProxiedConnection[];
  /** Since it began. */
  readonly accepted: number;
  readonly refused: number;
  /** While it refuses, whoever connects is reset at once. */
  refuse(isRefusing: boolean): void;
  /** Where connections go that come from now on. */
  readonly target: { port: number; host: string };
  stop(): Promise<void>;
}

export interface TcpProxyOptions {
  readonly targetPort: number;
  /** 127.0.0.1 unless told. */
  readonly targetHost?: string;
}

/** What holds for connections that come later. */
interface Lasting {
  readonly paused: Set<Direction>;
  readonly delayMs: Map<Direction, number>;
}

export async function startTcpProxy({ targetPort, targetHost = '127.0.0.1' }: TcpProxyOptions): Promise<TcpProxy> {
  const target = { port: targetPort, host: targetHost };
  const open = new Set<ProxiedConnection>();
  const lasting: Lasting = { paused: new Set(), delayMs: new Map() };
  const counts = { accepted: 0, refused: 0 };
  let refusing = false;

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    if (refusing) {
      counts.refused++;
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const upstream = connect({ ...target, allowHalfOpen: true });
    const connection = joinSockets(++counts.accepted, client, upstream, () => open.delete(connection));
    open.add(connection);
    for (const direction of lasting.paused) connection.pause(direction);
    for (const [direction, delayMs] of lasting.delayMs) connection.delay(delayMs, direction);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const each = (act: (connection: ProxiedConnection) => void) => {
    for (const connection of [...open]) act(connection);
  };
  return {
    ...{ port: (server.address() as AddressInfo).port, target },
    get connections() {
      return [...open];
    },
    get accepted() {
      return counts.accepted;
    },
    get refused() {
      return counts.refused;
    },
    refuse: (isRefusing) => {
      refusing = isRefusing;
    },
    pause: (direction) => {
      for (const one of both(direction)) lasting.paused.add(one);
      each((connection) => connection.pause(direction));
    },
    resume: (direction) => {
      for (const one of both(direction)) lasting.paused.delete(one);
      each((connection) => connection.resume(direction));
    },
    delay: (delayMs, direction) => {
      for (const one of both(direction)) lasting.delayMs.set(one, delayMs);
      each((connection) => connection.delay(delayMs, direction));
    },
    cutAfter: (sizeBytes, direction) => each((connection) => connection.cutAfter(sizeBytes, direction)),
    halfClose: (direction) => each((connection) => connection.halfClose(direction)),
    reset: () => each((connection) => connection.reset()),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      each((connection) => connection.reset());
      await closed;
    },
  };
}

function both(direction: Direction | undefined): readonly Direction[] {
  return direction === undefined ? DIRECTIONS : [direction];
}

function joinSockets(number: number, client: Socket, upstream: Socket, onClosed: () => void): ProxiedConnection {
  let isOpen = true;
  const reset = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const pipe of Object.values(pipes)) pipe.stop();
    for (const socket of [client, upstream]) socket.resetAndDestroy();
    onClosed();
  };
  const pipes: Readonly<Record<Direction, Pipe>> = {
    up: createPipe(client, upstream, reset),
    down: createPipe(upstream, client, reset),
  };
  for (const socket of [client, upstream]) {
    // Where one side breaks, the other is to see it.
    socket.on('error', reset);
    socket.on('close', () => {
      if (client.destroyed && upstream.destroyed) reset();
    });
  }
  const each = (direction: Direction | undefined, act: (pipe: Pipe) => void) => {
    for (const one of both(direction)) act(pipes[one]);
  };
  return {
    number,
    get passedBytes() {
      return { up: pipes.up.passedBytes, down: pipes.down.passedBytes };
    },
    get isOpen() {
      return isOpen;
    },
    pause: (direction) => each(direction, (pipe) => pipe.pause()),
    resume: (direction) => each(direction, (pipe) => pipe.resume()),
    delay: (delayMs, direction) => each(direction, (pipe) => pipe.delay(delayMs)),
    cutAfter: (sizeBytes, direction) => pipes[direction].cutAfter(sizeBytes),
    halfClose: (direction) => pipes[direction].close(),
    reset,
  };
}
