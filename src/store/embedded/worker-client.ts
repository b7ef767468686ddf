// The caller's half of the protocol: sends requests to one worker and settles their promises. When the worker ends, whatever
// waits is rejected, and so is all that comes later.
import { Worker } from 'node:worker_threads';
import { AppError } from '#kit/errors.ts';
import { fromWireError, type Reply } from './protocol.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: AppError) => void;
}

export interface WorkerClient<Ops> {
  /** Requests that have no answer yet. */
  readonly waiting: number;
  call<Op extends keyof Ops & string>(
    op: Op,
    ...args: Ops[Op] extends (...args: infer Args) => unknown ? Args : never
  ): Promise<Ops[Op] extends (...args: never[]) => infer Result ? Result : never>;
  /** Resolves when the worker has ended and let go of its files. */
  readonly ended: Promise<void>;
  terminate(): Promise<void>;
}

export function startWorker<Ops>(entry: URL, name: string): WorkerClient<Ops> {
  const worker = new Worker(entry, { name });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let dead: AppError | undefined;

  const fail = (detail: string) => {
    dead ??= new AppError('unavailable', `the store's ${name} has ended (${detail}): open the store again`);
    for (const one of waiting.values()) one.reject(dead);
    waiting.clear();
  };
  worker.on('message', (reply: Reply) => {
    const one = waiting.get(reply.id);
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
    call: (op, ...args) => {
      if (dead !== undefined) return Promise.reject(dead);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        worker.postMessage({ id, op, args });
        waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      });
    },
    ended,
    terminate: async () => {
      await worker.terminate();
    },
  };
}
