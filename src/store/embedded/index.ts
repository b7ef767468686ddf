// The embedded store: SQLite in the program, in threads of its own, in one folder. Durable after each append, one process
// at a time, several readers.
import { resolve } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { DATABASE_FILE } from './database.ts';
import { createEmbeddedStore, type EmbeddedStore } from './embedded-store.ts';
import type { ReaderOps, WriterOps } from './protocol.ts';
import { startWorker } from './worker-client.ts';

export interface EmbeddedStoreOptions {
  /** Made when it is not there. */
  readonly folder: string;
  /** Threads that answer questions. */
  readonly readers?: number;
  /** Begin anew: what is stored is removed, even if it is damaged or from a newer release. The epoch is kept where it can be read. */
  readonly fresh?: boolean;
  /** The file does not grow beyond: an append that would make it is refused with `disk-full`. */
  readonly maxBytes?: number;
  /** What is stored from now on waits in the outbox until it was sent on. Without it nothing is added there. */
  readonly outbox?: boolean;
  /** Alerts are made of what is stored from now on. */
  readonly alerts?: boolean;
  /** Called when a thread of the store ended by itself: the store is of no use from then on. Not while it opens. */
  onEnded?(error: AppError): void;
}

/**
 * Opens or creates the store of a folder. Rejects with `cannot-write`, `in-use`, `store-corrupt`, `store-newer` or
 * `disk-full`; then nothing is left running.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const count = options.readers ?? 2;
  if (!Number.isSafeInteger(count) || count < 1)
    throw new AppError('bad-usage', `readers is ${count}; it must be 1 or more`);
  const folder = resolve(options.folder);
  let isOpen = false;
  let died: AppError | undefined;
  const onEnded = (error: AppError) => {
    died ??= error;
    if (isOpen) options.onEnded?.(error);
  };
  const writer = startWorker<WriterOps>(new URL('./writer.ts', import.meta.url), 'writer', { onEnded });
  const readers = Array.from({ length: count }, (_, index) =>
    startWorker<ReaderOps>(new URL('./reader.ts', import.meta.url), `reader ${index + 1}`, { onEnded }),
  );
  try {
    await writer.call('open', {
      folder,
      fresh: options.fresh === true,
      maxBytes: options.maxBytes,
      outbox: options.outbox === true,
      alerts: options.alerts === true,
    });
    await Promise.all(readers.map((reader) => reader.call('open', `${folder}/${DATABASE_FILE}`)));
    if (died !== undefined) throw died;
    isOpen = true;
    return createEmbeddedStore({ writer, readers });
  } catch (error) {
    await Promise.allSettled(readers.map((reader) => reader.terminate()));
    await Promise.allSettled([writer.call('close')]);
    await writer.terminate();
    throw error;
  }
}
