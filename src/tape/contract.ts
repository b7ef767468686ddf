// A tape is a stream of signals in a file: a source and a sink, not a bus. This is what the rest of the house knows of it.
import type { Labels, Series, SeriesInfo } from '#model/series.ts';
import type { KnownFault, Signal } from '#model/signal.ts';

/** A stretch of the recording. Times are as played; `shiftedMs` says by how much they differ from when it was recorded. */
export interface TapeSegment {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Played minus recorded; 0 when it is played at its own time. */
  readonly shiftedMs: number;
  /** `start` plays a warm-up at full speed. */
  readonly warmUp: boolean;
}

export interface TapeHeader {
  /** Version of the format. */
  readonly version: number;
  readonly name: string;
  /** Where the recording comes from, in words and as a link. */
  readonly source: string;
  /** The notice that must travel with the data, whole. */
  readonly licence: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: readonly TapeSegment[];
  /** Truth, for scoring only: no detector may see it. Empty when there is none. */
  readonly answerKey: readonly KnownFault[];
}

export interface TapeInfo {
  readonly header: TapeHeader;
  readonly sizeBytes: number;
  /** SHA-256 over the file's blocks, hex: names the tape's content. */
  readonly checksum: string;
  readonly blocks: number;
  readonly samples: number;
  readonly spans: number;
  readonly series: readonly SeriesInfo[];
}

export interface TapeReader {
  readonly info: TapeInfo;
  /** Signals with fromMs ≤ seenMs < toMs in the order of `seenMs`, the dictionary first; whole blocks are skipped by the index. */
  signals(range?: { readonly fromMs?: number; readonly toMs?: number }): AsyncIterable<Signal>;
  close(): Promise<void>;
}

/** The past of series. Prometheus and tape both serve it. */
export interface History {
  /** Series whose labels include `selector`, samples with fromMs ≤ time < toMs; a series without samples is left out. */
  range(
    selector: Labels,
    fromMs: number,
    toMs: number,
  ): Promise<{ readonly info: SeriesInfo; readonly series: Series }[]>;
}
