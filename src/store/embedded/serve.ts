// The worker's half of the protocol: runs the operation that a request names and posts its answer.
import type { MessagePort } from 'node:worker_threads';
import { AppError } from '#kit/errors.ts';
import { type Handlers, type Reply, type Request, toWireError } from './protocol.ts';

/** Answers requests until `close` was answered. Errors become replies: nothing a caller sends ends the worker. */
export function serve<Ops>(port: MessagePort, handlers: Handlers<Ops>): void {
  port.on('message', async (request: Request) => {
    const reply = await answer(handlers, request);
    port.postMessage(reply, 'value' in reply ? buffersOf(reply.value) : []);
    if (request.op === 'close') port.close();
  });
}

async function answer<Ops>(handlers: Handlers<Ops>, { id, op, args }: Request): Promise<Reply> {
  const handler = handlers[op as keyof Ops] as ((...args: readonly unknown[]) => unknown) | undefined;
  try {
    if (handler === undefined) throw new AppError('internal', `a worker of the store has no operation ${op}`);
    return { id, value: await handler(...args) };
  } catch (error) {
    const known =
      error instanceof AppError
        ? error
        : new AppError(
            'internal',
            `the store failed in ${op}: ${error instanceof Error ? error.message : String(error)}`,
          );
    return { id, error: toWireError(known) };
  }
}

/** Buffers of the columns in a list of records; they are the worker's own and are moved. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const record of Array.isArray(value) ? value : []) {
    if (typeof record !== 'object' || record === null) continue;
    for (const column of Object.values(record)) {
      if (ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer) buffers.add(column.buffer);
    }
  }
  return [...buffers];
}
