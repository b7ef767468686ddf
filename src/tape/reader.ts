// Opens a tape and reads from it, as a stream of signals and as the past of series. Opening checks what everything else
// relies on (magic, version, footer, catalog); a block is checked when it is read. Only the catalog and one block are in
// memory at a time.
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { AppError } from '#kit/errors.ts';
import { type Labels, matchesLabels, type Series, type SeriesInfo } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import { decodeBlock } from './block.ts';
import { type BlockEntry, type Catalog, decodeCatalog, distinctSeries } from './catalog.ts';
import { checkBlock } from './check-block.ts';
import type { History, TapeInfo, TapeReader } from './contract.ts';
import {
  decodeFooter,
  FOOTER_BYTES,
  type Footer,
  MAGIC,
  MAX_CATALOG_BYTES,
  PREAMBLE_BYTES,
  TAPE_VERSION,
  unpack,
} from './layout.ts';
import { corrupt, foreign, newer, notAFile, truncated, unreadable } from './refusal.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A tape is its stream and the past of its series. */
export interface Tape extends TapeReader, History {
  readonly path: string;
  /** The signals of one block, checked against its checksum and its entry. */
  block(index: number): Promise<readonly Signal[]>;
  /** SHA-256 of the content as it is now, hex; `info.checksum` is what it should be. */
  digest(): Promise<string>;
}

/** The tape at `path`. Rejects with `not-found`, `forbidden` or one of the `tape-…` codes. Close it after use. */
export async function openTape(path: string): Promise<Tape> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    await checkStart(path, handle, size);
    const footer = await readFooter(path, handle, size);
    const catalog = await readCatalog(path, handle, footer);
    return new FileTape(path, handle, size, footer, catalog);
  } catch (cause) {
    await handle.close();
    throw unreadable(path, cause);
  }
}

/** The same, for those who need only the past. */
export async function openTapeHistory(path: string): Promise<History & { close(): Promise<void> }> {
  return openTape(path);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Asked before opening, because opening a named pipe waits for its other end.
    if (!(await stat(path)).isFile()) throw notAFile(path);
    return await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function checkStart(path: string, handle: FileHandle, size: number): Promise<void> {
  if (size === 0) throw truncated(path, 'it is empty');
  const start = await readAt(path, handle, 0, Math.min(size, 16));
  const magic = start.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length))) throw foreign(path, start);
  if (size < PREAMBLE_BYTES) throw truncated(path, `it has ${size} bytes`);
  const version = start.readUInt16LE(MAGIC.length);
  if (version > TAPE_VERSION) throw newer(path, version, TAPE_VERSION);
  if (version < 1) throw corrupt(path, 'its first bytes', 'there is no version 0');
}

async function readFooter(path: string, handle: FileHandle, size: number): Promise<Footer> {
  if (size < PREAMBLE_BYTES + FOOTER_BYTES) throw truncated(path, `it has ${size} bytes`);
  const bytes = await readAt(path, handle, size - FOOTER_BYTES, FOOTER_BYTES);
  const footer = guard(path, `its footer (byte ${size - FOOTER_BYTES})`, () => decodeFooter(bytes));
  if (footer === undefined) throw truncated(path, `it has ${size} bytes and does not end as a tape does`);
  const { offset, length, rawLength } = footer.catalog;
  if (offset < PREAMBLE_BYTES || offset + length + FOOTER_BYTES !== size) {
    throw corrupt(path, 'its footer', `its size is ${size} bytes and should be ${offset + length + FOOTER_BYTES}`);
  }
  if (rawLength > MAX_CATALOG_BYTES) throw corrupt(path, 'its footer', `a catalog of ${rawLength} bytes is too large`);
  return footer;
}

async function readCatalog(path: string, handle: FileHandle, { catalog }: Footer): Promise<Catalog> {
  const packed = await readAt(path, handle, catalog.offset, catalog.length);
  const where = `its catalog (byte ${catalog.offset})`;
  return guard(path, where, () => decodeCatalog(unpack(packed, catalog), PREAMBLE_BYTES, catalog.offset));
}

/** Whatever goes wrong while decoding means that the bytes are not what they should be. */
function guard<T>(path: string, where: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw corrupt(path, where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Exactly `length` bytes, which the caller has checked to lie within the file. */
async function readAt(path: string, handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0)
      throw truncated(path, `it ends at byte ${offset + filled}; it became shorter while it was read`);
    filled += bytesRead;
  }
  return buffer;
}

class FileTape implements Tape {
  readonly path: string;
  readonly info: TapeInfo;
  readonly #handle: FileHandle;
  readonly #blocks: readonly BlockEntry[];
  readonly #declared: readonly SeriesInfo[];
  /** How many entries of the dictionary come before each block. */
  readonly #declaredBefore: readonly number[];
  readonly #ids: ReadonlySet<number>;
  #closed = false;

  constructor(path: string, handle: FileHandle, sizeBytes: number, footer: Footer, catalog: Catalog) {
    this.path = path;
    this.#handle = handle;
    this.#blocks = catalog.blocks;
    this.#declared = catalog.series;
    let before = 0;
    this.#declaredBefore = catalog.blocks.map(({ series }) => {
      before += series;
      return before - series;
    });
    const series = distinctSeries(catalog.series);
    this.#ids = new Set(series.map(({ id }) => id));
    const sum = (count: (block: BlockEntry) => number): number => catalog.blocks.reduce((a, b) => a + count(b), 0);
    this.info = {
      header: { version: TAPE_VERSION, ...catalog.header },
      sizeBytes,
      checksum: footer.sha256.toString('hex'),
      blocks: catalog.blocks.length,
      samples: sum(({ samples }) => samples),
      spans: sum(({ spans }) => spans),
      series,
    };
  }

  async *signals(range: { readonly fromMs?: number; readonly toMs?: number } = {}): AsyncGenerator<Signal> {
    const fromMs = range.fromMs ?? Number.NEGATIVE_INFINITY;
    const toMs = range.toMs ?? Number.POSITIVE_INFINITY;
    let missed: SeriesInfo[] | undefined;
    for (const [index, { firstSeenMs, lastSeenMs }] of this.#blocks.entries()) {
      if (lastSeenMs < fromMs) continue;
      if (firstSeenMs >= toMs) return;
      missed ??= this.#declared.slice(0, this.#declaredBefore[index]);
      for (const signal of await this.block(index)) {
        if (signal.seenMs >= toMs) return;
        if (signal.seenMs < fromMs) {
          if (signal.kind === 'series') for (const info of signal.series) missed.push(info);
          continue;
        }
        if (missed.length > 0) {
          yield { kind: 'series', seenMs: fromMs, series: distinctSeries(missed) };
          missed = [];
        }
        yield signal;
      }
    }
  }

  async range(selector: Labels, fromMs: number, toMs: number): Promise<{ info: SeriesInfo; series: Series }[]> {
    const wanted = this.info.series.filter(({ labels }) => matchesLabels(labels, selector));
    const samples = new Map(wanted.map(({ id }) => [id, new Map<number, number>()]));
    if (samples.size === 0) return [];
    for (const [index, { firstTimeMs, lastTimeMs }] of this.#blocks.entries()) {
      if (firstTimeMs === undefined || lastTimeMs === undefined) continue;
      if (lastTimeMs < fromMs || firstTimeMs >= toMs) continue;
      for (const signal of await this.block(index)) {
        if (signal.kind !== 'frame' || signal.timeMs < fromMs || signal.timeMs >= toMs) continue;
        for (const [at, id] of signal.ids.entries()) {
          // What was seen last counts, should a moment have been measured twice.
          samples.get(id)?.set(signal.timeMs, signal.values[at] ?? Number.NaN);
        }
      }
    }
    return wanted.flatMap((info) => {
      const points = [...(samples.get(info.id) ?? [])].sort(([a], [b]) => a - b);
      if (points.length === 0) return [];
      const timesMs = Float64Array.from(points, ([timeMs]) => timeMs);
      const values = Float64Array.from(points, ([, value]) => value);
      return [{ info, series: { stepMs: info.stepMs, timesMs, values } }];
    });
  }

  async block(index: number): Promise<readonly Signal[]> {
    const entry = this.#blocks[index];
    if (entry === undefined)
      throw new AppError('not-found', `${this.path} has ${this.#blocks.length} blocks, no ${index}.`);
    this.#mustBeOpen();
    const from = this.#declaredBefore[index] ?? 0;
    const packed = await this.#read(entry.offset, entry.length);
    return guard(this.path, `block ${index} (byte ${entry.offset})`, () => {
      const signals = decodeBlock(unpack(packed, entry), this.#declared.slice(from, from + entry.series));
      checkBlock(signals, entry, this.#ids);
      return signals;
    });
  }

  async digest(): Promise<string> {
    this.#mustBeOpen();
    const hash = createHash('sha256');
    const end = this.info.sizeBytes - FOOTER_BYTES;
    for (let at = 0; at < end; at += CHUNK_BYTES) {
      hash.update(await this.#read(at, Math.min(CHUNK_BYTES, end - at)));
    }
    return hash.digest('hex');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new AppError('internal', `The tape ${this.path} is closed: open it again to read.`);
  }

  async #read(offset: number, length: number): Promise<Buffer> {
    try {
      return await readAt(this.path, this.#handle, offset, length);
    } catch (cause) {
      throw unreadable(this.path, cause);
    }
  }
}
