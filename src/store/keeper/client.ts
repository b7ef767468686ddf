// The keeper from the operator's side: what is appended is durable when the append resolves, at the keeper, or, while that is
// away, in a bounded spool on this disk, from which it is delivered in order before anything newer is sent. Keys make what is
// delivered twice harmless; a writer that was replaced hears so, and its spool is emptied.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { AppendBatch, Appender, AppendResult, Position } from '../contract.ts';
import { APPEND, writeAppend } from './append-message.ts';
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
import { createTroubleNote, isAway, type Trouble, type TroubleNote } from './trouble.ts';

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
  /** What keeps the keeper from being reached or from storing, since when by the clock; undefined when all is well. */
  readonly trouble: Trouble | undefined;
  /** By the clock: when a batch was last durable, there or in the spool; undefined before the first. */
  readonly appendedMs: number | undefined;
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
  /**
   * `batch` must stay as it is until this resolves. Rejects with `store-corrupt` when what was spooled is lost: until
   * `position()` was asked for, nothing newer is taken.
   */
  append(batch: AppendBatch): Promise<AppendResult>;
  /** That of the keeper. What waits in the spool may yet be refused: see `drained`. */
  position(): Promise<Position | undefined>;
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
  const spool = folder === undefined ? undefined : await openSpool({ folder, maxBytes });
  if (spool !== undefined && spool.cutBytes > 0) {
    log.warn({ folder, bytes: spool.cutBytes }, 'the end of the spool was torn by a crash: it was cut');
  }
  return new SpoolingClient(channel, spool, options);
}

class SpoolingClient implements KeeperClient {
  readonly #channel: KeeperChannel;
  readonly #spool: Spool | undefined;
  readonly #delivery: Delivery | undefined;
  readonly #options: KeeperClientOptions;
  readonly #trouble: TroubleNote;
  #staleEpoch = -1;
  #keeperEpoch = 0;
  #appendedMs: number | undefined;
  #toldDamage: AppError | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(channel: KeeperChannel, spool: Spool | undefined, options: KeeperClientOptions) {
    this.#channel = channel;
    this.#spool = spool;
    this.#options = options;
    this.#trouble = createTroubleNote(options.address, options);
    const { clock, random, log } = options;
    this.#delivery =
      spool &&
      createDelivery({
        ...{ spool, clock, random, log },
        send: (record) => this.#send(record),
        isStale: (epoch) => epoch <= this.#staleEpoch,
        onStale: (error, epoch) => this.#replaced(error, epoch),
        onTrouble: (error) => this.#trouble.failed(error, true),
        onDamage: () => this.#sayDamage(),
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
    const { position, epoch } = readPositionReply(await this.#call(POSITION, new Uint8Array(0)));
    this.#keeperEpoch = epoch;
    // Whoever asks goes on from there, with what was lost.
    this.#spool?.goOn();
    return position;
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
        trouble: this.#trouble.current,
        appendedMs: this.#appendedMs,
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
      this.#appendedMs = this.#options.clock.nowMs();
      if (result.outcome === 'stored') outcome = 'stored';
    }
    return { outcome };
  }

  async #appendOne(record: Uint8Array, epoch: number): Promise<AppendResult> {
    const spool = this.#spool;
    if (spool?.damage !== undefined) throw spool.damage;
    if (spool === undefined || spool.records === 0) {
      try {
        return readAppendReply(await this.#send(record));
      } catch (error) {
        if (error instanceof AppError && error.code === 'stale-epoch') this.#replaced(error, epoch);
        if (spool === undefined || !isAway(error)) throw error;
      }
    }
    await spool.push(record);
    this.#delivery?.start();
    return { outcome: 'stored' };
  }

  #send(record: Uint8Array): Promise<Uint8Array> {
    return this.#call(APPEND, record);
  }

  async #call(path: string, bytes: Uint8Array): Promise<Uint8Array> {
    const isAppend = path === APPEND;
    try {
      const answer = await this.#channel.call(path, bytes);
      this.#trouble.answered(isAppend);
      return answer;
    } catch (error) {
      this.#trouble.failed(error, isAppend);
      throw error;
    }
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

  #sayDamage(): void {
    const { damage } = this.#spool ?? {};
    if (damage === undefined || damage === this.#toldDamage) return;
    this.#toldDamage = damage;
    this.#options.log.error({ err: damage }, 'spooled batches are lost: they are asked for again');
  }
}
