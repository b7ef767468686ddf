// What travels between the caller's thread and the workers. Every request has an id and gets one reply: a value or an error
// whose code and message survive the trip. Columns of a reply are moved, not copied; columns of an append are copied,
// because they belong to the caller.
import { AppError, type ErrorCode } from '#kit/errors.ts';
import type { Alert, AlertChanges, AlertCommit, MessageQueue } from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import type { Span, TopologyEdge } from '#model/signal.ts';
import type {
  AppendResult,
  FindingPage,
  FindingQuery,
  Heard,
  OutboxState,
  Position,
  RollUp,
  StoreInfo,
  TimeRange,
  TrackScores,
  Unsent,
} from '../contract.ts';

export interface Request {
  readonly id: number;
  readonly op: string;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError };

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export function toWireError(error: AppError): WireError {
  return { code: error.code, message: error.message, retryable: error.retryable };
}

export function fromWireError(error: WireError): AppError {
  return new AppError(error.code, error.message, { retryable: error.retryable });
}

/** A batch whose tracks are numbers that `defineTracks` gave a meaning to, so that a track's labels travel once. */
export interface WireBatch {
  readonly epoch: number;
  readonly key: string;
  readonly position: Position;
  readonly tracks: Uint32Array;
  readonly scores: ScoreBlock;
  readonly findings: readonly Finding[];
  readonly spans: readonly Span[];
  readonly edges: readonly TopologyEdge[];
}

export interface OpenOptions {
  readonly folder: string;
  readonly fresh: boolean;
  readonly maxBytes: number | undefined;
  /** Whether what is stored from now on goes to the outbox, too. */
  readonly outbox: boolean;
  /** Whether alerts are made of findings that are stored from now on. */
  readonly alerts: boolean;
}

export interface SpanQuery {
  readonly range: TimeRange;
  readonly services?: readonly string[];
  readonly limit: number;
}

/** A worker's operations, as the caller sees them. */
export interface WriterOps {
  open(options: OpenOptions): void;
  /** Track `first + i` is `tracks[i]`. `first` 0 forgets all before. */
  defineTracks(first: number, tracks: readonly Track[]): void;
  append(batch: WireBatch): AppendResult;
  /** All of the outbox up to this number is dealt with. */
  sent(number: number): void;
  commitAlerts(commit: AlertCommit): number;
  hearAlerts(alerts: readonly Alert[]): Heard;
  toldAlerts(receiver: string, numbers: readonly number[]): void;
  nextEpoch(): number;
  retain(beforeMs: number): number;
  clear(): void;
  close(): void;
}

export interface ReaderOps {
  open(file: string): void;
  info(): StoreInfo;
  position(): Position | undefined;
  /** Tracks with a higher number than `after`, at most `limit`; and the number to go on after. */
  tracks(after: number, limit: number): { readonly tracks: readonly Track[]; readonly next: number | undefined };
  scores(keys: readonly string[], range: TimeRange): readonly TrackScores[];
  findings(query: FindingQuery): FindingPage;
  finding(id: string): Finding | undefined;
  spans(query: SpanQuery): readonly Span[];
  edges(): readonly TopologyEdge[];
  rollUps(range: TimeRange, stepMs: number): readonly RollUp[];
  unsent(): Unsent | undefined;
  outboxState(): OutboxState;
  alertChanges(): AlertChanges | undefined;
  alerts(resolvedSinceMs: number): readonly Alert[];
  alertMessages(receiver: string): MessageQueue;
  close(): void;
}

/** Operations as the worker has them: an answer now or later. */
export type Handlers<Ops> = {
  readonly [Op in keyof Ops]: Ops[Op] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | Promise<Result>
    : never;
};
