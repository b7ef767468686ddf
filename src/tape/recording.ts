// A recording under way, before it is a tape: a log that only grows, one record for each part, durable when `append`
// resolves. A tape has its dictionary at its end and packs an hour at once, so a recorder that was killed would leave
// nothing; of this file everything up to the last whole record can be read. `finish-recording.ts` makes a tape of it.
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { AppError } from '#kit/errors.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import { encodeBlock } from './block.ts';
import { ByteWriter } from './bytes.ts';
import { checkSignal, sizeOf } from './check-signal.ts';
import { compress } from './layout.ts';
import { unwritable } from './refusal.ts';

export const RECORDING_MAGIC = Buffer.from('TWTAKE\u0001\u0000', 'latin1');
/** Length packed and raw (4 + 4), CRC-32 of what is packed (4). */
export const RECORD_HEAD_BYTES = 12;
/** Records are cut at about this much before compression. */
const MOST_RECORD_BYTES = 8 * 1024 * 1024;
/** Keeps up with a live stream; the tape is packed again. */
const LEVEL = 3;
/** Metrics, names and who runs where are nobody else's business. */
const PRIVATE = 0o600;

/** What the tape will say of itself; times and segments follow from what is recorded. */
export interface RecordingHeader {
  readonly name: string;
  readonly source: string;
  readonly licence: string;
}

export interface RecordingPart {
  /** From before the recorder was started. */
  readonly warmUp: boolean;
  readonly signals: readonly Signal[];
}

export interface RecordingWriter {
  readonly path: string;
  /** Takes the next signals, by `seenMs`; durable when it resolves. Rejects with `bad-input`, `cannot-write`, `disk-full`. */
  append(part: RecordingPart): Promise<void>;
  close(): Promise<void>;
}

/** Where the recording for a tape of this name lies until it is one. */
export function recordingPathOf(tape: string): string {
  return `${tape}.recording`;
}

/** A new recording at `path`. Rejects with `in-use` when there is one already: it may be all that is left of another. */
export async function createRecording(path: string, header: RecordingHeader): Promise<RecordingWriter> {
  const handle = await open(path, 'wx', PRIVATE).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw unwritable(path, cause);
    const what = `${path} is a recording that was not finished, or that another process is writing`;
    throw new AppError('in-use', `${what}: make a tape of it with "tidewatch tape recover ${path}", or delete it.`);
  });
  const recording = new FileRecording(path, handle);
  await recording.begin(header);
  return recording;
}

class FileRecording implements RecordingWriter {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #known = new Map<number, SeriesInfo>();
  #lastSeenMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  async begin(header: RecordingHeader): Promise<void> {
    await this.#write([RECORDING_MAGIC, ...packed(Buffer.from(JSON.stringify(header), 'utf8'))]);
  }

  async append({ warmUp, signals }: RecordingPart): Promise<void> {
    const records: Uint8Array[] = [];
    for (const some of slices(signals)) {
      for (const signal of some) this.#check(signal);
      records.push(...packed(encodeRecord(warmUp, some)));
    }
    if (records.length > 0) await this.#write(records);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }

  #check(signal: Signal): void {
    checkSignal(signal, this.#lastSeenMs, this.#known);
    this.#lastSeenMs = signal.seenMs;
    if (signal.kind === 'series') for (const info of signal.series) this.#known.set(info.id, info);
  }

  async #write(records: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#handle.appendFile(Buffer.concat(records));
      await this.#handle.datasync();
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }
}

/** Whether it is warm-up, the series that are declared, then a block as a tape has it. */
function encodeRecord(warmUp: boolean, signals: readonly Signal[]): Uint8Array {
  const out = new ByteWriter();
  out.byte(warmUp ? 1 : 0);
  out.text(JSON.stringify(signals.flatMap((signal) => (signal.kind === 'series' ? signal.series : []))));
  out.raw(encodeBlock(signals));
  return out.bytes();
}

function packed(raw: Uint8Array): [head: Buffer, body: Buffer] {
  const body = compress(raw, LEVEL);
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(raw.length, 4);
  head.writeUInt32LE(crc32(body), 8);
  return [head, body];
}

function* slices(signals: readonly Signal[]): Generator<readonly Signal[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, signal] of signals.entries()) {
    bytes += sizeOf(signal);
    if (bytes < MOST_RECORD_BYTES && index < signals.length - 1) continue;
    yield signals.slice(from, index + 1);
    from = index + 1;
    bytes = 0;
  }
}
