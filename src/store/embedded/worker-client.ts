// The caller's half of the protocol: sends requests to one worker and settles their promises. When the worker ends, whatever
// waits is rejected, and so is all that comes later; whoever started it hears of an end that nobody asked for.
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { fromWireError, type Reply } from './protocol.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: AppError) => void;
}

export interface WorkerClient<Ops> {
  /** Requests that have no answer yet. */
  readonly waiting: number;
  /** How long something has waited while nothing was answered; 0 when nothing waits. */
  stalledMs(): number;
  call<Op extends keyof Ops & string>(
    op: Op,
    ...args: Ops[Op] extends (...args: infer Args) => unknown ? Args : never
  ): Promise<Ops[Op] extends (...args: never[]) => infer Result ? Result : never>;
  /** Resolves when the worker has ended and let go of its files. */
  readonly ended: Promise<void>;
  terminate(): Promise<void>;
}

export interface WorkerOptions {
  /** Called once when it ended by itself, with why. */
  onEnded?(error: AppError): void;
  /** One that never steps. */
  readonly clock?: Clock;
}

export function startWorker<Ops>(entry: URL, name: string, options: WorkerOptions = {}): WorkerClient<Ops> {
  const { clock = systemClock, onEnded } = options;
  const worker = new Worker(entry, { name });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let heardMs = 0;
  let isEnding = false;
  let dead: AppError | undefined;

  const fail = (detail: string) => {
    if (dead === undefined) {
      dead = new AppError('unavailable', `the store's ${name} has ended (${detail}): open the store again`);
      if (!isEnding) onEnded?.(diedOf(name, detail));
    }
    for (const one of waiting.values()) one.reject(dead);
    waiting.clear();
  };
  worker.on('message', (reply: Reply) => {
    const one = waiting.get(reply.id);
    heardMs = clock.nowMs();
    waiting.delete(reply.id);
    if ('error' in reply) one?.reject(fromWireError(reply.error));
    else one?.resolve(reply.value as never);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      fail(`exit code ${code}`);
      resolve();
    });
  });

  return {
    get waiting() {
      return waiting.size;
    },
    stalledMs: () => (waiting.size === 0 ? 0 : clock.nowMs() - heardMs),
    call: (op, ...args) => {
      if (dead !== undefined) return Promise.reject(dead);
      if (op === 'close') isEnding = true;
      if (waiting.size === 0) heardMs = clock.nowMs();
      const id = nextId++;
      return new Promise((resolve, reject) => {
        worker.postMessage({ id, op, args });
        waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      });
    },
    ended,
    terminate: async () => {
      isEnding = true;
      await worker.terminate();
    },
  };
}

function diedOf(name: string, detail: string): AppError {
  const what = `the store's ${name} has ended (${detail}), so that nothing can be stored or shown any more`;
  return new AppError('internal', `${what}; what was acknowledged is safe: start again`);
}
