// The flow of a tick, in one place:
//
//   signals → Splitter → bus (64 partitions) → workers step what they own → alignTick → sink, durable → commit
//
// A partition holds a few ticks; when the sink is slow the producer waits, and with it the source. What was not
// committed comes again. Any failure ends the flow: it is for its owner to start another.
import type { Bus, Consumer } from '#bus/contract.ts';
import { alignTick } from './align.ts';
import type { DroppedSamples, PartitionRecord, Sink, SteppedRecord } from './records.ts';
import type { SplitTick } from './split.ts';

const GROUP = 'detect';
const POLL_RECORDS = 256;

export interface StepRequest {
  readonly partition: number;
  readonly offset: number;
  readonly record: PartitionRecord;
}

/** A worker that steps partitions: in this thread, or in another. */
export interface StepWorker {
  step(requests: readonly StepRequest[]): Promise<readonly SteppedRecord[]>;
  revoke(partitions: readonly number[]): void;
  close(): Promise<void>;
}

interface OpenTick {
  readonly split: SplitTick;
  readonly parts: SteppedRecord[];
}

export interface Flow {
  /** Takes a tick; waits while too many are under way. Rejects with what made the flow fail. */
  submit(split: SplitTick): Promise<void>;
  /** Resolves when everything submitted is durable. */
  drained(): Promise<void>;
  /** Samples left out since it began, by reason. */
  dropped(): DroppedSamples;
  /** Ends it: what is being written is finished, nothing more is begun. After this the sink is left alone. */
  close(): Promise<void>;
}

/** `join` completes a tick before it is shared out; it sees every tick in order. */
export function startFlow(
  bus: Bus<PartitionRecord>,
  workers: readonly StepWorker[],
  sink: Sink,
  join: (split: SplitTick) => SplitTick = (split) => split,
): Flow {
  return new TickFlow(bus, workers, sink, join);
}

class TickFlow implements Flow {
  readonly #bus: Bus<PartitionRecord>;
  readonly #workers: readonly StepWorker[];
  readonly #sink: Sink;
  readonly #join: (split: SplitTick) => SplitTick;
  readonly #producer;
  readonly #consumers: Consumer<PartitionRecord>[];
  /** Ticks under way in the order they were submitted (a Map keeps it). */
  readonly #open = new Map<number, OpenTick>();
  readonly #dropped = new Map<number, DroppedSamples>();
  #waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  /** The write under way; a flow is not closed before it has ended. */
  #writing: Promise<void> | undefined;
  #closed = false;
  #failure: unknown;

  constructor(
    bus: Bus<PartitionRecord>,
    workers: readonly StepWorker[],
    sink: Sink,
    join: (split: SplitTick) => SplitTick,
  ) {
    this.#bus = bus;
    this.#workers = workers;
    this.#sink = sink;
    this.#join = join;
    this.#producer = bus.producer();
    // All join before the first record, so that no partition moves once it has state.
    this.#consumers = workers.map((worker) => bus.consumer(GROUP, { onRevoked: (gone) => worker.revoke(gone) }));
    this.#consumers.forEach((consumer, index) => {
      const worker = workers[index];
      if (worker !== undefined) this.#consume(consumer, worker).catch((error) => this.#fail(error));
    });
  }

  async submit(given: SplitTick): Promise<void> {
    this.#check();
    const split = this.#join(given);
    this.#open.set(split.tick, { split, parts: [] });
    for (const [partition, record] of split.records) {
      try {
        await this.#producer.send(partition, record);
      } catch (error) {
        this.#check();
        throw error;
      }
    }
    this.#writeReady();
  }

  async drained(): Promise<void> {
    this.#check();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  dropped(): DroppedSamples {
    let outOfOrder = 0;
    let unknownSeries = 0;
    for (const partition of this.#dropped.values()) {
      outOfOrder += partition.outOfOrder;
      unknownSeries += partition.unknownSeries;
    }
    return { outOfOrder, unknownSeries };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#bus.close();
    await this.#writing;
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  async #consume(consumer: Consumer<PartitionRecord>, worker: StepWorker): Promise<void> {
    for (;;) {
      const records = await consumer.poll(POLL_RECORDS);
      if (records.length === 0) return;
      const requests = records.map(({ partition, offset, value }) => ({ partition, offset, record: value }));
      for (const stepped of await worker.step(requests)) {
        // The outcome of a partition that was taken away meanwhile is somebody else's to give.
        if (!consumer.assigned.has(stepped.partition)) continue;
        this.#open.get(stepped.tick)?.parts.push(stepped);
        this.#dropped.set(stepped.partition, stepped.dropped);
      }
      this.#writeReady();
    }
  }

  /** Writes the ticks that are complete, oldest first, one at a time; none once the flow is closed. */
  #writeReady(): void {
    if (this.#writing !== undefined || this.#closed || this.#failure !== undefined) return;
    const [first] = this.#open.values();
    if (first === undefined || first.parts.length < first.split.records.size) return;
    this.#writing = this.#write(first)
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#writing = undefined;
        this.#writeReady();
      });
  }

  async #write(tick: OpenTick): Promise<void> {
    await this.#sink.write(alignTick(tick.split, tick.parts));
    this.#commit(tick);
    if (this.#open.size === 0) for (const waiter of this.#waiting.splice(0)) waiter.resolve();
  }

  #commit(tick: OpenTick): void {
    this.#open.delete(tick.split.tick);
    for (const part of tick.parts) {
      for (const consumer of this.#consumers) consumer.commit(part.partition, part.offset + 1);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error ?? new Error('the flow failed without a reason');
    this.#bus.close();
    for (const waiter of this.#waiting.splice(0)) waiter.reject(this.#failure);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
