// The store as its callers have it: requests to the writer and to the least busy reader. Nothing here waits for a disk, and
// long lists come in pieces, so that the caller's thread stays free.
import { AppError } from '#kit/errors.ts';
import type { AlertBook, AppendBatch, AppendResult, Outbox, Store } from '../contract.ts';
import { createAppendSender } from './append-sender.ts';
import { allFindings, allScores, allTracks } from './paged-reads.ts';
import type { ReaderOps, WriterOps } from './protocol.ts';
import type { WorkerClient } from './worker-client.ts';

/** Appends that may be on the way at once; a caller that waits for its promises never has so many. */
const MAX_APPENDS = 1024;

export interface EmbeddedStoreParts {
  readonly writer: WorkerClient<WriterOps>;
  readonly readers: readonly WorkerClient<ReaderOps>[];
}

export interface EmbeddedStore extends Store {
  readonly outbox: Outbox;
  readonly alerts: AlertBook;
  /** How long a thread has owed an answer without giving any; 0 when none does. */
  stalledMs(): number;
}

export function createEmbeddedStore({ writer, readers }: EmbeddedStoreParts): EmbeddedStore {
  const send = createAppendSender(writer);
  const appends = new Set<Promise<AppendResult>>();
  let closing: Promise<void> | undefined;

  const toRead = (): WorkerClient<ReaderOps> => {
    const [first, ...others] = readers;
    if (first === undefined || closing !== undefined) throw closed();
    return others.reduce((least, one) => (one.waiting < least.waiting ? one : least), first);
  };
  const toWrite = (): WorkerClient<WriterOps> => {
    if (closing !== undefined) throw closed();
    return writer;
  };
  const append = async (batch: AppendBatch): Promise<AppendResult> => {
    if (closing !== undefined) throw closed();
    if (appends.size >= MAX_APPENDS) throw tooMany();
    const sent = send(batch);
    appends.add(sent);
    try {
      return await sent;
    } finally {
      appends.delete(sent);
    }
  };
  /** What was appended is waited for; a worker that has died already does not keep the others from closing. */
  const close = async (): Promise<void> => {
    await Promise.allSettled(appends);
    await Promise.allSettled(readers.map((one) => one.call('close')));
    await Promise.all(readers.map((one) => one.ended));
    await Promise.allSettled([writer.call('close')]);
    await writer.ended;
  };

  return {
    append,
    info: async () => toRead().call('info'),
    position: async () => toRead().call('position'),
    nextEpoch: async () => toWrite().call('nextEpoch'),
    retain: async (beforeMs) => toWrite().call('retain', beforeMs),
    clear: async () => toWrite().call('clear'),
    tracks: () => allTracks(toRead),
    scores: (keys, range) => allScores(toRead, keys, range),
    findings: (query) => allFindings(toRead, query),
    finding: async (id) => toRead().call('finding', id),
    spans: async (query) => toRead().call('spans', query),
    edges: async () => toRead().call('edges'),
    rollUps: async (range, stepMs) => toRead().call('rollUps', range, stepMs),
    outbox: {
      first: async () => toRead().call('unsent'),
      done: async (number) => toWrite().call('sent', number),
      state: async () => toRead().call('outboxState'),
    },
    alerts: {
      changes: async () => toRead().call('alertChanges'),
      commit: async (commit) => toWrite().call('commitAlerts', commit),
      alerts: async (resolvedSinceMs) => toRead().call('alerts', resolvedSinceMs),
      hear: async (alerts) => toWrite().call('hearAlerts', alerts),
      messages: async (receiver) => toRead().call('alertMessages', receiver),
      told: async (receiver, numbers) => toWrite().call('toldAlerts', receiver, numbers),
    },
    stalledMs: () => [writer, ...readers].reduce((most, one) => Math.max(most, one.stalledMs()), 0),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function closed(): AppError {
  return new AppError('unavailable', 'the store is closed: open it again');
}

function tooMany(): AppError {
  return new AppError('unavailable', `${MAX_APPENDS} appends are on their way: wait for them before sending more`, {
    retryable: true,
  });
}
