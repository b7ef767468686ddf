// All that is ever observed is a stream of signals. `timeMs` is when it happened, `seenMs` when production could have
// known it; streams are ordered by `seenMs`, and the replay clock follows it, so that a back-test does not flatter.
import type { Labels, SeriesInfo } from './series.ts';

export type Signal = SeriesSignal | FrameSignal | SpansSignal | TopologySignal;

/** Dictionary: names the series that later frames carry by id. Precedes the first frame with that id. */
export interface SeriesSignal {
  readonly kind: 'series';
  readonly seenMs: number;
  readonly series: readonly SeriesInfo[];
}

/** Samples of one moment: `values[i]` was measured of series `ids[i]`. NaN is missing. No object per sample. */
export interface FrameSignal {
  readonly kind: 'frame';
  readonly timeMs: number;
  readonly seenMs: number;
  readonly ids: Uint32Array;
  readonly values: Float64Array;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent at the root of a trace. */
  readonly parentId?: string;
  readonly pod: string;
  readonly service: string;
  readonly operation: string;
  readonly startMs: number;
  readonly durationMs: number;
}

export interface SpansSignal {
  readonly kind: 'spans';
  readonly timeMs: number;
  readonly seenMs: number;
  readonly spans: readonly Span[];
}

/** Who calls whom (`calls`) and what runs where (`runs-on`). */
export interface TopologySignal {
  readonly kind: 'topology';
  readonly timeMs: number;
  readonly seenMs: number;
  readonly edges: readonly TopologyEdge[];
}

export interface TopologyEdge {
  readonly type: 'calls' | 'runs-on';
  readonly from: string;
  readonly to: string;
}

/** Samples as columns, in the order they were seen: what a partition of the bus carries and an analyser steps through. */
export interface SampleBlock {
  readonly timesMs: Float64Array;
  readonly seenMs: Float64Array;
  readonly ids: Uint32Array;
  readonly values: Float64Array;
}

export interface KnownFault {
  readonly timeMs: number;
  readonly pod: string;
  readonly service: string;
  readonly type: string;
}

export type { Labels };
