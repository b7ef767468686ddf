// The writer's thread: the only connection that writes. Requests wait in a queue; appends that wait together share a
// transaction; long work goes in steps between them.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { AppError } from '#kit/errors.ts';
import { commitAlerts, hearAlerts, removeTold } from './alerts.ts';
import { createFolder, DATABASE_FILE, openForWriting, removeDatabase } from './database.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import type { Handlers, OpenOptions, WriterOps } from './protocol.ts';
import { serve } from './serve.ts';
import { readState, writeState } from './state.ts';
import { createWriterQueue, type WriterQueue } from './writer-queue.ts';

interface Opened {
  readonly db: DatabaseSync;
  readonly queue: WriterQueue;
  readonly lock: FolderLock;
}

let opened: Opened | undefined;

function current(): Opened {
  if (opened === undefined) throw new AppError('internal', 'the writer was used before it was opened');
  return opened;
}

function open({ folder, fresh, maxBytes, outbox, alerts }: OpenOptions): Opened {
  createFolder(folder);
  const lock = lockFolder(folder);
  try {
    const file = join(folder, DATABASE_FILE);
    if (fresh) beginAnew(folder, file);
    const db = openForWriting(file, maxBytes === undefined ? {} : { maxBytes });
    return { db, queue: createWriterQueue(db, { maxBytes, outbox, alerts }), lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Removes the database but for the epoch, where that can still be read: older writers stay fenced. */
function beginAnew(folder: string, file: string): void {
  let epoch = 0;
  try {
    const old = openForWriting(file);
    epoch = readState(old).epoch;
    old.close();
  } catch {
    // It is damaged or newer, and going away.
  }
  removeDatabase(folder);
  const db = openForWriting(file);
  writeState(db, { epoch, stream: undefined, seenMs: undefined, scores: 0 });
  db.close();
}

const handlers: Handlers<WriterOps> = {
  open: (options) => {
    opened = open(options);
  },
  defineTracks: (first, tracks) => current().queue.defineTracks(first, tracks),
  append: (batch) => current().queue.append(batch),
  sent: (number) => current().queue.sent(number),
  commitAlerts: (commit) => current().queue.write((db) => commitAlerts(db, commit)),
  hearAlerts: (alerts) => current().queue.write((db) => hearAlerts(db, alerts)),
  toldAlerts: (receiver, numbers) => current().queue.write((db) => removeTold(db, receiver, numbers)),
  nextEpoch: () => current().queue.nextEpoch(),
  retain: (beforeMs) => current().queue.retain(beforeMs),
  clear: () => current().queue.clear(),
  close: async () => {
    if (opened === undefined) return;
    const { db, queue, lock } = opened;
    opened = undefined;
    await queue.end();
    db.close();
    lock.release();
  },
};

if (parentPort !== null) serve<WriterOps>(parentPort, handlers);
