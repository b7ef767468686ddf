// Reads a recording under way, or what a killed recorder left of it: record after record up to the first that is not
// whole. That one was being written when the end came; everything before it was durable.
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import type { Signal } from '#model/signal.ts';
import { decodeBlock } from './block.ts';
import { ByteReader } from './bytes.ts';
import { SeriesSchema } from './catalog.ts';
import { MAX_BLOCK_BYTES, unpack } from './layout.ts';
import { RECORD_HEAD_BYTES, RECORDING_MAGIC, type RecordingHeader, type RecordingPart } from './recording.ts';
import { corrupt, foreign, unreadable } from './refusal.ts';

export interface Recording {
  readonly header: RecordingHeader;
  readonly parts: AsyncIterable<RecordingPart>;
  /** Bytes at its end that were no whole record; known once the parts are read. */
  readonly lostBytes: number;
  close(): Promise<void>;
}

const HeaderSchema = z.object({ name: z.string(), source: z.string(), licence: z.string() });
const DictionarySchema = z.array(SeriesSchema);

/** The recording at `path`. Rejects with `not-found`, `forbidden`, `tape-foreign` or `tape-corrupt`. */
export async function openRecording(path: string): Promise<Recording> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const recording = new FileRecording(path, handle);
    await recording.readHeader();
    return recording;
  } catch (cause) {
    await handle.close();
    throw unreadable(path, cause);
  }
}

class FileRecording implements Recording {
  readonly #path: string;
  readonly #handle: FileHandle;
  #offset = RECORDING_MAGIC.length;
  #header: RecordingHeader = { name: '', source: '', licence: '' };
  lostBytes = 0;

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  get header(): RecordingHeader {
    return this.#header;
  }

  get parts(): AsyncIterable<RecordingPart> {
    return this.#read();
  }

  async readHeader(): Promise<void> {
    const start = await this.#bytes(0, RECORDING_MAGIC.length);
    if (!start.equals(RECORDING_MAGIC)) throw foreign(this.#path, start);
    const raw = await this.#record();
    if (raw === undefined) throw corrupt(this.#path, 'its beginning', 'it ended before anything was recorded');
    this.#header = this.#guard(() => HeaderSchema.parse(JSON.parse(raw.toString('utf8'))));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async *#read(): AsyncGenerator<RecordingPart> {
    for (;;) {
      const raw = await this.#record();
      if (raw === undefined) break;
      yield this.#guard(() => decodeRecord(raw));
    }
    const { size } = await this.#handle.stat();
    this.lostBytes = size - this.#offset;
  }

  /** A record whose checksum is right was made wrong when it cannot be read. */
  #guard<T>(decode: () => T): T {
    try {
      return decode();
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      throw corrupt(this.#path, `the record before byte ${this.#offset}`, what, cause);
    }
  }

  /** The next one; undefined at the end, and where it is not whole. */
  async #record(): Promise<Buffer | undefined> {
    const head = await this.#bytes(this.#offset, RECORD_HEAD_BYTES);
    if (head.length < RECORD_HEAD_BYTES) return undefined;
    const [length, rawLength, crc] = [head.readUInt32LE(0), head.readUInt32LE(4), head.readUInt32LE(8)];
    if (length > MAX_BLOCK_BYTES || rawLength > MAX_BLOCK_BYTES) return undefined;
    const body = await this.#bytes(this.#offset + RECORD_HEAD_BYTES, length);
    try {
      const raw = unpack(body, { offset: this.#offset, length, rawLength, crc });
      this.#offset += RECORD_HEAD_BYTES + length;
      return raw;
    } catch {
      return undefined;
    }
  }

  async #bytes(offset: number, length: number): Promise<Buffer> {
    const { size } = await this.#handle.stat();
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  }
}

function decodeRecord(raw: Buffer): RecordingPart {
  const input = new ByteReader(raw);
  const warmUp = input.byte() === 1;
  const dictionary = DictionarySchema.parse(JSON.parse(input.text()));
  const signals: readonly Signal[] = decodeBlock(input.raw(input.left), dictionary);
  return { warmUp, signals };
}
