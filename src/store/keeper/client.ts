// The keeper from the operator's side: what is appended is durable when the append resolves, at the keeper, or, while that is
// away, in a bounded spool on this disk, from which it is delivered in order before anything newer is sent. Keys make what is
// delivered twice harmless; a writer that was replaced hears so, and its spool is emptied.
import type { Clock } from '#kit/clock.ts';
import { AppError, type ErrorCode } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { AppendBatch, Appender, AppendResult, Position } from '../contract.ts';
import { APPEND, readAppendHead, writeAppend } from './append-message.ts';
import { type KeeperChannel, type KeeperCredentials, openKeeperChannel } from './channel.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { piecesOf } from './pieces.ts';
import {
  OPEN_FINDINGS,
  type OpenFindingsReply,
  POSITION,
  REPORT,
  readAppendReply,
  readOpenFindingsReply,
  readPositionReply,
  writeOpenFindings,
  writeReport,
} from './reply-messages.ts';
import { openSpool, type Spool } from './spool.ts';

export interface KeeperClientOptions {
  /** `https://name:port`; `http://` on loopback only. */
  readonly address: string;
  /** This end's certificate, and the CA that signed the keeper's. */
  readonly credentials?: KeeperCredentials;
  /** Without it an append rejects while the keeper is away. */
  readonly spoolFolder?: string;
  readonly maxSpoolBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly callTimeoutMs?: number;
  /** For tests: of one message. */
  readonly pieceBytes?: number;
}

export interface KeeperClientStats {
  /** What keeps the keeper from being reached, and since when (by the clock); undefined when all is well. */
  readonly trouble: { readonly message: string; readonly sinceMs: number } | undefined;
  /** The highest that has written to the keeper, as of the last `position()`; 0 before. */
  readonly keeperEpoch: number;
  readonly spoolBytes: number;
  readonly spoolRecords: number;
  /** Delivered from the spool since the start. */
  readonly delivered: number;
  /** Left out because their writer was replaced; because the keeper refused them; because they were torn by a crash. */
  readonly stale: number;
  readonly refused: number;
  readonly cutBytes: number;
}

export interface KeeperClient extends Appender {
  /** `batch` must stay as it is until this resolves. */
  append(batch: AppendBatch): Promise<AppendResult>;
  /** `facts` as JSON tells them. Rejects while the keeper is away: the next report replaces this one. */
  report(epoch: number, facts: unknown): Promise<void>;
  /** A page of the findings that are open at the keeper. What is spooled is not among them: see `drained`. */
  openFindings(epoch: number, limit: number, cursor?: string): Promise<OpenFindingsReply>;
  /** Resolves when nothing waits in the spool, or the signal aborts. */
  drained(signal?: AbortSignal): Promise<void>;
  stats(): KeeperClientStats;
  /** What is spooled stays for the next start. */
  close(): Promise<void>;
}

/** Not an answer about the batch: the same batch may well be taken later. */
const AWAY: readonly ErrorCode[] = ['unavailable', 'disk-full', 'too-much', 'internal'];
const CALL_MS = 15_000;

export async function createKeeperClient(options: KeeperClientOptions): Promise<KeeperClient> {
  const { address, credentials, callTimeoutMs: timeoutMs = CALL_MS } = options;
  const channel = openKeeperChannel({ address, timeoutMs, ...(credentials && { credentials }) });
  try {
    return await withSpool(channel, options);
  } catch (error) {
    channel.close();
    throw error;
  }
}

async function withSpool(channel: KeeperChannel, options: KeeperClientOptions): Promise<KeeperClient> {
  const { spoolFolder: folder, maxSpoolBytes: maxBytes, log } = options;
  let spooled: Position | undefined;
  const note = (record: Uint8Array) => {
    const { position } = readAppendHead(record);
    if (position.stream !== spooled?.stream || position.seenMs > spooled.seenMs) spooled = position;
  };
  const spool = folder === undefined ? undefined : await openSpool({ folder, maxBytes, onFound: note });
  if (spool !== undefined && spool.cutBytes > 0) {
    log.warn({ folder, bytes: spool.cutBytes }, 'the end of the spool was torn by a crash: it was cut');
  }
  return new SpoolingClient(channel, spool, options, {
    note,
    newest: () => (spool !== undefined && spool.records > 0 ? spooled : undefined),
  });
}

interface SpooledPosition {
  note(record: Uint8Array): void;
  /** The furthest that waits. */
  newest(): Position | undefined;
}

class SpoolingClient implements KeeperClient {
  readonly #channel: KeeperChannel;
  readonly #spool: Spool | undefined;
  readonly #delivery: Delivery | undefined;
  readonly #options: KeeperClientOptions;
  readonly #spooled: SpooledPosition;
  #staleEpoch = -1;
  #keeperEpoch = 0;
  #trouble: KeeperClientStats['trouble'];
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    channel: KeeperChannel,
    spool: Spool | undefined,
    options: KeeperClientOptions,
    spooled: SpooledPosition,
  ) {
    this.#channel = channel;
    this.#spool = spool;
    this.#options = options;
    this.#spooled = spooled;
    const { clock, random, log } = options;
    this.#delivery =
      spool &&
      createDelivery({
        ...{ spool, clock, random, log },
        send: (record) => this.#send(record),
        isStale: (epoch) => epoch <= this.#staleEpoch,
        onStale: (error, epoch) => this.#replaced(error, epoch),
        onTrouble: (error) => this.#noteTrouble(error),
      });
    this.#delivery?.start();
  }

  append(batch: AppendBatch): Promise<AppendResult> {
    // One batch after the other: a position must not overtake the rows before it.
    const mine = this.#last.then(() => this.#appendPieces(batch));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async position(): Promise<Position | undefined> {
    const spooled = this.#spooled.newest();
    try {
      const { position, epoch } = readPositionReply(await this.#call(POSITION, new Uint8Array(0)));
      this.#keeperEpoch = epoch;
      // What waits here is as good as stored.
      const isFurther =
        position === undefined || (spooled?.stream === position.stream && spooled.seenMs > position.seenMs);
      return spooled !== undefined && isFurther ? spooled : position;
    } catch (error) {
      if (spooled !== undefined && spooled.seenMs > 0 && isAway(error)) return spooled;
      throw error;
    }
  }

  async report(epoch: number, facts: unknown): Promise<void> {
    await this.#call(REPORT, writeReport({ epoch, facts: JSON.stringify(facts) }));
  }

  async openFindings(epoch: number, limit: number, cursor?: string): Promise<OpenFindingsReply> {
    const request = { epoch, limit, ...(cursor === undefined ? {} : { cursor }) };
    return readOpenFindingsReply(await this.#call(OPEN_FINDINGS, writeOpenFindings(request)));
  }

  async drained(signal?: AbortSignal): Promise<void> {
    await this.#delivery?.drained(signal);
  }

  stats(): KeeperClientStats {
    const { records = 0, bytes = 0, cutBytes = 0 } = this.#spool ?? {};
    const { delivered, stale, refused } = this.#delivery?.counts ?? { delivered: 0, stale: 0, refused: 0 };
    return {
      ...{
        trouble: this.#trouble,
        keeperEpoch: this.#keeperEpoch,
        spoolBytes: bytes,
        spoolRecords: records,
        delivered,
        stale,
        refused,
        cutBytes,
      },
    };
  }

  async close(): Promise<void> {
    await this.#delivery?.stop();
    this.#channel.close();
    await this.#last;
    await this.#spool?.close();
  }

  async #appendPieces(batch: AppendBatch): Promise<AppendResult> {
    let outcome: AppendResult['outcome'] = 'duplicate';
    for (const piece of piecesOf(batch, this.#options.pieceBytes)) {
      if (batch.epoch <= this.#staleEpoch) {
        throw new AppError('stale-epoch', `a writer after epoch ${batch.epoch} has taken over: this one must stop`);
      }
      const result = await this.#appendOne(writeAppend(piece), batch.epoch);
      if (result.outcome === 'stored') outcome = 'stored';
    }
    return { outcome };
  }

  async #appendOne(record: Uint8Array, epoch: number): Promise<AppendResult> {
    const spool = this.#spool;
    if (spool === undefined || spool.records === 0) {
      try {
        return readAppendReply(await this.#send(record));
      } catch (error) {
        if (error instanceof AppError && error.code === 'stale-epoch') this.#replaced(error, epoch);
        if (spool === undefined || !isAway(error)) throw error;
      }
    }
    await spool.push(record);
    this.#spooled.note(record);
    this.#delivery?.start();
    return { outcome: 'stored' };
  }

  #send(record: Uint8Array): Promise<Uint8Array> {
    return this.#call(APPEND, record);
  }

  async #call(path: string, bytes: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#channel.call(path, bytes).catch((error) => {
      if (isAway(error)) this.#noteTrouble(error);
      throw error;
    });
    if (this.#trouble !== undefined) this.#options.log.info({ keeper: this.#options.address }, 'the keeper is back');
    this.#trouble = undefined;
    return answer;
  }

  #replaced(error: AppError, epoch: number): void {
    if (epoch <= this.#staleEpoch) return;
    this.#staleEpoch = epoch;
    const { records = 0 } = this.#spool ?? {};
    this.#options.log.warn(
      { epoch, spooled: records, err: error },
      'this writer was replaced: what it spooled is left out',
    );
  }

  #noteTrouble(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const { clock, log, address } = this.#options;
    if (this.#trouble === undefined) log.warn({ keeper: address, err: error }, 'the keeper is away');
    this.#trouble = { message, sinceMs: this.#trouble?.sinceMs ?? clock.nowMs() };
  }
}

function isAway(error: unknown): boolean {
  return error instanceof AppError && AWAY.includes(error.code);
}
