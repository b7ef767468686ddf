// Writes a tape as signals come in, a block at a time, under a temporary name; only a finished tape gets its own. The same
// signals give the same bytes. What could not be read back is refused when it is written.
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { AppError } from '#kit/errors.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import { encodeBlock } from './block.ts';
import { Malformed } from './bytes.ts';
import { type BlockEntry, distinctSeries, encodeCatalog } from './catalog.ts';
import { checkSignal, sizeOf } from './check-signal.ts';
import type { TapeHeader, TapeInfo } from './contract.ts';
import { compress, encodeFooter, encodePreamble, MAX_CATALOG_BYTES, type Part, TAPE_VERSION } from './layout.ts';
import { unwritable } from './refusal.ts';

export interface TapeWriterOptions {
  /** Permissions of the file, before the umask. */
  readonly mode?: number;
  /** Zstandard's level: 19 packs best, 3 keeps up with a live stream. */
  readonly level?: number;
  /** A block is closed when it holds about this much before compression. */
  readonly blockBytes?: number;
}

/** What a tape says of itself; the version is the writer's to fill in. */
export type NewTapeHeader = Omit<TapeHeader, 'version'>;

export interface TapeWriter {
  /** Takes the next signal, by `seenMs`. Rejects with `bad-input` for one that cannot be stored; the tape goes on without it. */
  write(signal: Signal): Promise<void>;
  /** Durable, and there under its name, when it resolves. A header given here takes the place of the first one. */
  finish(header?: NewTapeHeader): Promise<TapeInfo>;
  /** Removes what was written. Does nothing after `finish`, or a second time. */
  discard(): Promise<void>;
}

const DEFAULTS = { mode: 0o644, level: 19, blockBytes: 1024 * 1024 };
const MAX_BLOCK_TARGET = 16 * 1024 * 1024;

/** A writer for a new tape at `path`. Rejects with `cannot-write` or `disk-full`. */
export async function createTapeWriter(
  path: string,
  header: NewTapeHeader,
  options: TapeWriterOptions = {},
): Promise<TapeWriter> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    const handle = await open(temporary, 'wx', options.mode ?? DEFAULTS.mode);
    const writer = new FileTapeWriter({ path, temporary, handle, header, options });
    await writer.begin();
    return writer;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

interface Target {
  readonly path: string;
  readonly temporary: string;
  readonly handle: FileHandle;
  readonly header: NewTapeHeader;
  readonly options: TapeWriterOptions;
}

class FileTapeWriter implements TapeWriter {
  readonly #target: Target;
  readonly #level: number;
  readonly #blockBytes: number;
  readonly #hash = createHash('sha256');
  readonly #blocks: BlockEntry[] = [];
  readonly #declared: SeriesInfo[] = [];
  readonly #known = new Map<number, SeriesInfo>();
  #pending: Signal[] = [];
  #pendingBytes = 0;
  #lastSeenMs = Number.NEGATIVE_INFINITY;
  #offset = 0;
  /** Blocks are written one after the other, also when the caller does not wait. */
  #writing: Promise<void> = Promise.resolve();
  #state: 'open' | 'finished' | 'discarded' = 'open';

  constructor(target: Target) {
    this.#target = target;
    this.#level = target.options.level ?? DEFAULTS.level;
    this.#blockBytes = Math.min(target.options.blockBytes ?? DEFAULTS.blockBytes, MAX_BLOCK_TARGET);
  }

  begin(): Promise<void> {
    return this.#append(encodePreamble());
  }

  async write(signal: Signal): Promise<void> {
    this.#mustBeOpen();
    checkSignal(signal, this.#lastSeenMs, this.#known);
    this.#lastSeenMs = signal.seenMs;
    if (signal.kind === 'series') {
      for (const info of signal.series) this.#known.set(info.id, info);
    }
    // The caller may reuse its arrays.
    this.#pending.push(
      signal.kind === 'frame' ? { ...signal, ids: signal.ids.slice(), values: signal.values.slice() } : signal,
    );
    this.#pendingBytes += sizeOf(signal);
    if (this.#pendingBytes >= this.#blockBytes) this.#closeBlock();
    await this.#writing;
  }

  async finish(header: NewTapeHeader = this.#target.header): Promise<TapeInfo> {
    this.#mustBeOpen();
    this.#state = 'finished';
    const { path, temporary, handle } = this.#target;
    try {
      this.#closeBlock();
      await this.#writing;
      const catalog = await this.#appendCatalog(header);
      const sha256 = this.#hash.digest();
      await handle.appendFile(encodeFooter({ catalog, sha256 }));
      const { size } = await handle.stat();
      await handle.sync();
      await handle.close();
      await rename(temporary, path);
      const sum = (count: (block: BlockEntry) => number): number => this.#blocks.reduce((a, b) => a + count(b), 0);
      return {
        header: { version: TAPE_VERSION, ...header },
        sizeBytes: size,
        checksum: sha256.toString('hex'),
        blocks: this.#blocks.length,
        samples: sum(({ samples }) => samples),
        spans: sum(({ spans }) => spans),
        series: distinctSeries(this.#declared),
      };
    } catch (cause) {
      await this.#remove();
      throw unwritable(path, cause);
    }
  }

  async discard(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'discarded';
    await this.#writing.catch(() => undefined);
    await this.#remove();
  }

  #mustBeOpen(): void {
    if (this.#state === 'open') return;
    throw new AppError(
      'internal',
      `The tape ${this.#target.path} is ${this.#state}: nothing more can be written to it.`,
    );
  }

  #closeBlock(): void {
    if (this.#pending.length === 0) return;
    const signals = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#writing = this.#writing.then(() => this.#appendBlock(signals));
    this.#writing.catch(() => undefined);
  }

  async #appendBlock(signals: readonly Signal[]): Promise<void> {
    const part = await this.#appendPart(encodeBlock(signals));
    const frames = signals.filter((signal) => signal.kind === 'frame');
    const series = signals.flatMap((signal) => (signal.kind === 'series' ? signal.series : []));
    for (const info of series) this.#declared.push(info);
    this.#blocks.push({
      ...part,
      firstSeenMs: signals[0]?.seenMs ?? 0,
      lastSeenMs: signals.at(-1)?.seenMs ?? 0,
      ...(frames.length === 0 ? {} : timesOf(frames.map(({ timeMs }) => timeMs))),
      signals: signals.length,
      samples: frames.reduce((sum, { ids }) => sum + ids.length, 0),
      spans: signals.reduce((sum, signal) => sum + (signal.kind === 'spans' ? signal.spans.length : 0), 0),
      series: series.length,
    });
  }

  async #appendCatalog(header: NewTapeHeader): Promise<Part> {
    try {
      const raw = encodeCatalog({ header, blocks: this.#blocks, series: this.#declared });
      if (raw.length <= MAX_CATALOG_BYTES) return await this.#appendPart(raw);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      throw new AppError('bad-input', `The tape's header cannot be written: ${cause.message}.`, { cause });
    }
    throw new AppError('bad-input', `${this.#target.path} has too many series for one tape: cut it into shorter ones.`);
  }

  async #appendPart(raw: Uint8Array): Promise<Part> {
    const packed = compress(raw, this.#level);
    const part = { offset: this.#offset, length: packed.length, rawLength: raw.length, crc: crc32(packed) };
    await this.#append(packed);
    return part;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#target.handle.appendFile(bytes);
    } catch (cause) {
      throw unwritable(this.#target.path, cause);
    }
    this.#hash.update(bytes);
    this.#offset += bytes.length;
  }

  async #remove(): Promise<void> {
    await this.#target.handle.close().catch(() => undefined);
    await rm(this.#target.temporary, { force: true });
  }
}

function timesOf(timesMs: readonly number[]): { firstTimeMs: number; lastTimeMs: number } {
  const fold = (pick: (...values: number[]) => number): number => timesMs.reduce((a, b) => pick(a, b));
  return { firstTimeMs: fold(Math.min), lastTimeMs: fold(Math.max) };
}
