// One direction of a proxied connection: bytes from one socket to the other, in their order, slowed and broken as told.
import type { Socket } from 'node:net';

export interface Pipe {
  readonly passedBytes: number;
  pause(): void;
  resume(): void;
  delay(delayMs: number): void;
  /** So many bytes more, then `onCut`. */
  cutAfter(sizeBytes: number): void;
  /** Ends the receiver's side; what comes later is dropped. */
  close(): void;
  stop(): void;
}

interface Late {
  /** Undefined: the sender has ended. */
  readonly chunk: Buffer | undefined;
  readonly dueMs: number;
}

export function createPipe(from: Socket, to: Socket, onCut: () => void): Pipe {
  const late: Late[] = [];
  let timer: NodeJS.Timeout | undefined;
  let delayMs = 0;
  let leftBytes = Number.POSITIVE_INFINITY;
  let passedBytes = 0;
  let isPaused = false;
  let isClosed = false;

  const flow = () => {
    if (isPaused || to.writableNeedDrain) from.pause();
    else from.resume();
  };
  const pass = (chunk: Buffer | undefined) => {
    if (isClosed) return;
    if (chunk === undefined) {
      isClosed = true;
      to.end();
      return;
    }
    const part = chunk.length > leftBytes ? chunk.subarray(0, leftBytes) : chunk;
    leftBytes -= part.length;
    passedBytes += part.length;
    // The reset must not overtake what was to pass before it.
    to.write(part, leftBytes === 0 ? () => setImmediate(onCut) : undefined);
    flow();
  };
  const passDue = () => {
    timer = undefined;
    while (!isPaused && (late[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= performance.now()) pass(late.shift()?.chunk);
    const [next] = late;
    if (next !== undefined && !isPaused) timer = setTimeout(passDue, Math.max(0, next.dueMs - performance.now()));
  };
  const take = (chunk: Buffer | undefined) => {
    if (late.length === 0 && delayMs === 0 && !isPaused) return pass(chunk);
    late.push({ chunk, dueMs: performance.now() + delayMs });
    if (timer === undefined) passDue();
  };
  from.on('data', take);
  from.on('end', () => take(undefined));
  to.on('drain', flow);
  flow();

  return {
    get passedBytes() {
      return passedBytes;
    },
    pause: () => {
      isPaused = true;
      flow();
    },
    resume: () => {
      isPaused = false;
      if (timer === undefined) passDue();
      flow();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    cutAfter: (sizeBytes) => {
      leftBytes = sizeBytes;
      if (sizeBytes === 0) onCut();
    },
    close: () => pass(undefined),
    stop: () => clearTimeout(timer),
  };
}
