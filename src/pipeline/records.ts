// What travels through the bus, partition by partition, and what comes back from stepping it.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { SampleBlock, Span, TopologyEdge } from '#model/signal.ts';

/** One partition's share of a tick. The dictionary precedes the samples that use it. */
export interface PartitionRecord {
  readonly tick: number;
  /** The tick's end: a partition without samples still hears that time has passed, so that what fell silent can close. */
  readonly seenMs: number;
  readonly series: readonly SeriesInfo[];
  readonly samples: SampleBlock;
  /** By the denominator's name, what lies beneath each sample; absent where no plan asks. */
  readonly beneath?: ReadonlyMap<string, Float64Array>;
  /** Ids of series that are gone; none of them is among the samples, nor ever again. */
  readonly gone: readonly number[];
}

/** What stepping one partition's share of a tick gave; `scores.tracks[i]` is an index into `tracks`. */
export interface SteppedRecord {
  readonly tick: number;
  readonly partition: number;
  readonly offset: number;
  readonly tracks: readonly Track[];
  readonly scores: ScoreBlock;
  readonly findings: readonly Finding[];
  /** Samples of this partition that were not scored since it began, by reason. */
  readonly dropped: DroppedSamples;
}

/** Nothing is left out without being counted. */
export interface DroppedSamples {
  /** Not newer than the series' last sample. */
  readonly outOfOrder: number;
  /** Of a series that no dictionary named. */
  readonly unknownSeries: number;
}

/** How a tick of a live stream stands to the store; its queries need not be equally far. */
export interface LiveEnds {
  /** Everything that can be seen up to here is in this or an earlier tick. */
  readonly positionMs: number;
  /** What was seen up to here the store has already. */
  readonly storedMs: number;
}

/** Everything of one tick, all partitions joined, rows by time and then series. */
export interface TickOutput {
  readonly tick: number;
  /** Every signal of the tick was seen by then; of a tape, every signal up to then is in this or an earlier tick. */
  readonly seenMs: number;
  readonly live?: LiveEnds;
  readonly tracks: readonly Track[];
  readonly scores: ScoreBlock;
  readonly findings: readonly Finding[];
  readonly spans: readonly Span[];
  readonly edges: readonly TopologyEdge[];
}

/** Where ticks end up. `write` resolves when the tick is durable; ticks come in order, one at a time. */
export interface Sink {
  write(tick: TickOutput): Promise<void>;
}
