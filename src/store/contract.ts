// What a store must do, whichever engine is behind it. Scores, findings and the resume position go in together or not
// at all; reading never waits for writing.
import type { Alert, AlertChanges, AlertCommit, MessageQueue } from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import type { Span, TopologyEdge } from '#model/signal.ts';

/** Where the stream was when a batch had been worked through. */
export interface Position {
  /** Every signal with `seenMs` up to here is contained in the store. */
  readonly seenMs: number;
  /** Names the stream and the settings (tape checksum, detectors' hash); another stream cannot continue this one. */
  readonly stream: string;
}

export interface AppendBatch {
  /** Who writes. A lower epoch than the store has seen is refused (`stale-epoch`). */
  readonly epoch: number;
  /** Names the batch. A key that is stored already is acknowledged and changes nothing. */
  readonly key: string;
  readonly position: Position;
  /** `scores.tracks[i]` is an index into this list. */
  readonly tracks: readonly Track[];
  readonly scores: ScoreBlock;
  /** Whole findings; one with a known id replaces what is stored. */
  readonly findings: readonly Finding[];
  readonly spans: readonly Span[];
  readonly edges: readonly TopologyEdge[];
}

export interface AppendResult {
  readonly outcome: 'stored' | 'duplicate';
}

/** fromMs ≤ time < toMs. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TrackScores {
  readonly track: Track;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly scores: Float64Array;
  readonly expected: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly flags: Uint16Array;
}

export interface FindingQuery {
  /** Findings that were open at any moment of the range: from `startMs` until production knew of the end. */
  readonly range?: TimeRange;
  readonly entity?: string;
  readonly service?: string;
  readonly metric?: string;
  readonly open?: boolean;
  /** Words that must all occur in entity, metric or detector; case does not matter. */
  readonly text?: string;
  /** Newest first by `seenMs`, or worst first by |peak score|. */
  readonly order?: 'newest' | 'worst';
  readonly limit: number;
  /** What the previous page returned as `next`. */
  readonly cursor?: string;
}

/** `total` and `facets` are of the whole list. A facet leaves its own filter out: it shows what else could be chosen. */
export interface FindingPage {
  readonly findings: readonly Finding[];
  readonly total: number;
  readonly next?: string;
  readonly facets: Readonly<
    Record<'entity' | 'metric' | 'state', readonly { readonly value: string; readonly count: number }[]>
  >;
}

/** One minute (or a multiple) of the day: how much was scored, and what was not normal. */
export interface RollUp {
  readonly startMs: number;
  /** Points with a score, each (track, time) once however often it was scored. */
  readonly points: number;
  readonly beyondThreshold: number;
  /** Points of series that took part in an open finding. */
  readonly inFinding: number;
  readonly opened: number;
}

export interface StoreInfo {
  readonly path: string;
  readonly sizeBytes: number;
  readonly schemaVersion: number;
  readonly epoch: number;
  readonly tracks: number;
  readonly scores: number;
  readonly findings: number;
}

export interface Store {
  info(): Promise<StoreInfo>;
  /** Raises the epoch by one and returns it: what comes from an earlier writer is refused from now on. */
  nextEpoch(): Promise<number>;
  position(): Promise<Position | undefined>;
  /** Durable when it resolves. */
  append(batch: AppendBatch): Promise<AppendResult>;
  tracks(): Promise<readonly Track[]>;
  /** Known tracks in the order of `keys`, ascending in time, without points where there are none; unknown keys are left out. */
  scores(keys: readonly string[], range: TimeRange): Promise<readonly TrackScores[]>;
  findings(query: FindingQuery): Promise<FindingPage>;
  finding(id: string): Promise<Finding | undefined>;
  /** Spans that started in the range, slowest first. */
  spans(query: {
    readonly range: TimeRange;
    readonly services?: readonly string[];
    readonly limit: number;
  }): Promise<readonly Span[]>;
  edges(): Promise<readonly TopologyEdge[]>;
  /** Buckets of `stepMs` (a multiple of a minute) that are not empty, ascending. */
  rollUps(range: TimeRange, stepMs: number): Promise<readonly RollUp[]>;
  /** Removes what ended before `beforeMs`; returns how many scores went. */
  retain(beforeMs: number): Promise<number>;
  /** Removes everything but the epoch. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Stored points and findings that are to be sent on, as they now are. */
export interface Unsent {
  readonly number: number;
  readonly tracks: readonly Track[];
  /** By time; a (track, time) is there once. */
  readonly scores: ScoreBlock;
  readonly findings: readonly Finding[];
  /** Points that cannot be read any more. */
  readonly damaged: number;
}

export interface OutboxState {
  /** Points and findings that wait. */
  readonly waiting: number;
  /** That were removed as too old before they were sent; it only grows. */
  readonly expired: number;
}

/** What was stored and not sent on yet, in the order in which it was stored; as durable as the store itself. */
export interface Outbox {
  /** The oldest that wait, a few thousand points at most; undefined when nothing does. */
  first(): Promise<Unsent | undefined>;
  /** All up to this number is dealt with. */
  done(number: number): Promise<void>;
  state(): Promise<OutboxState>;
}

/** Alerts, and what is to be told of them. As durable as the store itself. */
export interface AlertBook {
  /** Findings that changed since they were last committed, oldest first, some hundred at most; undefined when none did. */
  changes(): Promise<AlertChanges | undefined>;
  /** Returns how many messages were dropped because a receiver had too many, the oldest first. */
  commit(commit: AlertCommit): Promise<number>;
  /** Those that are pending or firing, and those that were resolved since. */
  alerts(resolvedSinceMs: number): Promise<readonly Alert[]>;
  /**
   * What others say; what bears the labels of one of ours is ours, and stays as it is. Resolved ones make room for those that
   * fire, and these are kept or counted as refused.
   */
  hear(alerts: readonly Alert[]): Promise<Heard>;
  messages(receiver: string): Promise<MessageQueue>;
  /** These messages of the receiver are dealt with. */
  told(receiver: string, numbers: readonly number[]): Promise<void>;
}

/** What came of the alerts that others say. */
export interface Heard {
  /** That are ours. */
  readonly own: number;
  /** That fire, and for which there was no room: they are not kept. */
  readonly refused: number;
  /** Resolved ones, the oldest, that had to go. */
  readonly leftEarly: number;
}

/** What a writer needs of a store: the store itself, or the keeper that has it. */
export type Appender = Pick<Store, 'append' | 'position'>;
