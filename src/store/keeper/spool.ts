// Records in a file, first in, first out, each durable before it is acknowledged: [length][checksum][bytes]. Nothing is
// overwritten: the file grows until all of it was delivered, then it begins anew. After a crash it is read from its start
// (delivered records come again; their keys make that harmless), and what was torn at its end is cut and counted.
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '#kit/errors.ts';

/** The version of the format is in the name: another one is another file. */
export const SPOOL_FILE = 'spool-1.log';
const HEAD_BYTES = 8;
/** Far above what a message may have. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024;

export interface SpoolOptions {
  /** Made when it is not there; one process at a time. */
  readonly folder: string;
  /** The file does not grow beyond. */
  readonly maxBytes: number;
  /** Called for each record that was there, in order. */
  onFound?(record: Uint8Array): void;
}

export interface Spool {
  /** Records that wait. */
  readonly records: number;
  /** Of the file. */
  readonly bytes: number;
  /** What was cut because it was torn by a crash, or could not be read any more. */
  readonly cutBytes: number;
  /** What was acknowledged and cannot be read any more; undefined when nothing. Until `goOn` no more is taken. */
  readonly damage: AppError | undefined;
  /** Whoever writes goes on from where the keeper is, and so asks for what was lost again. */
  goOn(): void;
  /** Durable when it resolves. Rejects with `disk-full` or the damage, then nothing was added. */
  push(record: Uint8Array): Promise<void>;
  /** The oldest that waits; undefined without one. */
  first(): Promise<Uint8Array | undefined>;
  /** The oldest is done with. */
  shift(): Promise<void>;
  close(): Promise<void>;
}

export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const file = await openFile(options.folder);
  try {
    const { records, end, cutBytes } = await scan(file, options.onFound);
    if (cutBytes > 0) {
      await file.truncate(end);
      await file.datasync();
    }
    return createSpool(file, options, { records, end, cutBytes });
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Found {
  readonly records: number;
  readonly end: number;
  readonly cutBytes: number;
}

function createSpool(file: FileHandle, { folder, maxBytes }: SpoolOptions, found: Found): Spool {
  let { records, end, cutBytes } = found;
  let head = 0;
  let damage: AppError | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
  const push = async (record: Uint8Array) => {
    if (damage !== undefined) throw damage;
    if (end + HEAD_BYTES + record.length > maxBytes) throw full(`${folder} holds ${end} of ${maxBytes} bytes`);
    const frame = Buffer.alloc(HEAD_BYTES + record.length);
    frame.writeUInt32LE(record.length, 0);
    frame.writeUInt32LE(crc32(record), 4);
    frame.set(record, HEAD_BYTES);
    try {
      await writeAll(file, frame, end);
      await file.datasync();
    } catch (cause) {
      // What was written of it must not lie under the next one.
      await file.truncate(end).catch(() => undefined);
      throw full(`${folder} cannot be written (${messageOf(cause)})`, cause);
    }
    end += frame.length;
    records++;
  };
  const empty = async () => {
    await file.truncate(0);
    [records, head, end] = [0, 0, 0];
  };
  const first = async () => {
    const record = await readRecord(file, head, end);
    if (record !== undefined || records === 0) return record;
    // The disk gives back something else than was written: nothing behind it can be found.
    cutBytes += end - head;
    damage ??= damaged(folder, end - head);
    await empty();
    return undefined;
  };
  const shift = async () => {
    const length = (await first())?.length;
    if (length === undefined) return;
    if (records === 1) return empty();
    head += HEAD_BYTES + length;
    records--;
  };
  return {
    get records() {
      return records;
    },
    get bytes() {
      return end;
    },
    get cutBytes() {
      return cutBytes;
    },
    get damage() {
      return damage;
    },
    goOn() {
      damage = undefined;
    },
    push: (record) => inTurn(() => push(record)),
    first: () => inTurn(first),
    shift: () => inTurn(shift),
    close: () => inTurn(() => file.close()),
  };
}

async function openFile(folder: string): Promise<FileHandle> {
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(join(folder, SPOOL_FILE), constants.O_RDWR | constants.O_CREAT, 0o600);
    // That the file is there must survive as well.
    const parent = await open(folder, constants.O_RDONLY);
    await parent.sync().finally(() => parent.close());
    return file;
  } catch (cause) {
    throw new AppError('cannot-write', `the spool in ${folder} cannot be opened: ${messageOf(cause)}`, { cause });
  }
}

/** Up to where the records are whole. */
async function scan(file: FileHandle, onFound: SpoolOptions['onFound']): Promise<Found> {
  const { size } = await file.stat();
  let [end, records] = [0, 0];
  for (;;) {
    const record = await readRecord(file, end, size);
    if (record === undefined) return { records, end, cutBytes: size - end };
    onFound?.(record);
    end += HEAD_BYTES + record.length;
    records++;
  }
}

/** The record at `at`; undefined where there is none that is whole. A length of 0 is what a crash leaves behind. */
async function readRecord(file: FileHandle, at: number, end: number): Promise<Uint8Array | undefined> {
  if (at + HEAD_BYTES >= end) return undefined;
  const head = await readAll(file, HEAD_BYTES, at);
  const length = head.readUInt32LE(0);
  if (length === 0 || length > MOST_RECORD_BYTES || at + HEAD_BYTES + length > end) return undefined;
  const record = await readAll(file, length, at + HEAD_BYTES);
  return crc32(record) === head.readUInt32LE(4) ? record : undefined;
}

async function readAll(file: FileHandle, length: number, at: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

function full(where: string, cause?: unknown): AppError {
  const what = 'the keeper is away and no more can be kept until it is back: what is newer is asked for again then';
  return new AppError('disk-full', `the spool in ${where}: ${what}`, { cause, retryable: true });
}

function damaged(folder: string, bytes: number): AppError {
  const what = `the disk gave back something else than was written: ${bytes} bytes that wait for the keeper are lost`;
  const how = 'they are asked for again. Is the disk sound?';
  return new AppError('store-corrupt', `the spool in ${folder}: ${what}, and ${how}`, { retryable: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
