// Signals in, one record per partition and tick out. Frames are cut into columns, so that a sample costs no object.
import { partitionOf } from '#model/partition.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { Signal, Span, TopologyEdge } from '#model/signal.ts';
import { GrowingBlock } from './growing-block.ts';
import type { LiveEnds, PartitionRecord } from './records.ts';

export interface SplitTick {
  readonly tick: number;
  readonly seenMs: number;
  readonly live?: LiveEnds;
  readonly samples: number;
  readonly records: ReadonlyMap<number, PartitionRecord>;
  readonly spans: readonly Span[];
  readonly edges: readonly TopologyEdge[];
}

/** Collects the signals of a tick; `close` gives what was collected and begins the next. */
export class Splitter {
  /** Partition of each series id; a frame with an id that no dictionary named is counted in `unknownSamples`. */
  readonly #partitionById = new Map<number, number>();
  /** Partitions that have a series: each hears of every tick. */
  readonly #active = new Set<number>();
  #gone = new Map<number, number[]>();
  #open = new Map<number, { series: SeriesInfo[]; samples: GrowingBlock }>();
  #spans: Span[] = [];
  #edges: TopologyEdge[] = [];
  #samples = 0;
  #tick = 0;
  unknownSamples = 0;

  get samples(): number {
    return this.#samples;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0 && this.#spans.length === 0 && this.#edges.length === 0;
  }

  add(signal: Signal): void {
    switch (signal.kind) {
      case 'series':
        for (const info of signal.series) this.#addSeries(info);
        return;
      case 'frame':
        for (let index = 0; index < signal.ids.length; index++) {
          this.#addSample(signal.timeMs, signal.seenMs, signal.ids[index] ?? 0, signal.values[index] ?? Number.NaN);
        }
        return;
      case 'spans':
        for (const span of signal.spans) this.#spans.push(span);
        return;
      case 'topology':
        for (const edge of signal.edges) this.#edges.push(edge);
        return;
    }
  }

  /** Forgets series; who steps them is told with the next tick. Their ids must not come again. */
  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const partition = this.#partitionById.get(id);
      if (partition === undefined) continue;
      this.#partitionById.delete(id);
      const gone = this.#gone.get(partition) ?? [];
      gone.push(id);
      this.#gone.set(partition, gone);
    }
  }

  close(seenMs: number, live?: LiveEnds): SplitTick {
    const tick = this.#tick++;
    const records = new Map<number, PartitionRecord>();
    for (const partition of this.#active) {
      const open = this.#share(partition);
      const gone = this.#gone.get(partition) ?? [];
      records.set(partition, { tick, seenMs, series: open.series, samples: open.samples.toBlock(), gone });
    }
    const closed: SplitTick = {
      ...{ tick, seenMs, samples: this.#samples, records, spans: this.#spans, edges: this.#edges },
      ...(live === undefined ? {} : { live }),
    };
    this.#open = new Map();
    this.#gone = new Map();
    this.#spans = [];
    this.#edges = [];
    this.#samples = 0;
    return closed;
  }

  #addSeries(info: SeriesInfo): void {
    if (this.#partitionById.has(info.id)) return;
    const partition = partitionOf(info.labels);
    this.#partitionById.set(info.id, partition);
    this.#active.add(partition);
    this.#share(partition).series.push(info);
  }

  #addSample(timeMs: number, seenMs: number, id: number, value: number): void {
    const partition = this.#partitionById.get(id);
    if (partition === undefined) {
      this.unknownSamples++;
      return;
    }
    this.#share(partition).samples.push(timeMs, seenMs, id, value);
    this.#samples++;
  }

  #share(partition: number): { series: SeriesInfo[]; samples: GrowingBlock } {
    let share = this.#open.get(partition);
    if (share === undefined) {
      share = { series: [], samples: new GrowingBlock() };
      this.#open.set(partition, share);
    }
    return share;
  }
}
