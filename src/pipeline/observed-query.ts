// One query of what is observed, and how far it is: asks for its steps since the last answer in pieces of an hour at most, in
// shares where one answer would hold too much, and keeps the answer until it is taken. It may take longer than others:
// then its answer comes with a later round, and nobody waits for it.
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';

export interface ObservedQuery {
  readonly metricName: string;
  readonly promql: string;
  /** Queries that together give what `promql` gives, no series twice; absent where it cannot be split. */
  readonly shares?: (count: number) => readonly string[];
}

export interface QueryOptions {
  readonly source: Pick<PrometheusSource, 'queryRange'>;
  readonly clock: Clock;
  readonly stepMs: number;
  readonly maxSeries: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** An answer that took longer is late. */
  readonly patienceMs: number;
}

export interface QueryTrouble {
  readonly metricName: string;
  readonly sinceMs: number;
  readonly code: string;
  readonly message: string;
}

export function troubleOf(metricName: string, sinceMs: number, error: unknown): QueryTrouble {
  const code = error instanceof AppError ? error.code : 'internal';
  return { metricName, sinceMs, code, message: error instanceof Error ? error.message : String(error) };
}

/** Further back than this a gap is not caught up: a detector's baseline holds no more. */
const LONGEST_RANGE_MS = 12 * 3_600_000;
/** So that the answers of all queries, which are held at once, stay within a bound. */
const LONGEST_PIECE_MS = 3_600_000;
/** What gave nothing for so long is not measured there. */
const ABSENT_MS = 3_600_000;
const MOST_SHARES = 16;
const MOST_REFUSALS = 30;

interface Answer {
  readonly fetched: readonly FetchedSeries[];
  readonly toMs: number;
}

export class QueryProgress {
  readonly query: ObservedQuery;
  readonly #options: QueryOptions;
  #doneMs = Number.NaN;
  /** The end of the last answer that had series, or the beginning. */
  #presentMs = Number.NaN;
  #answer: Answer | undefined;
  #asking: Promise<void> | undefined;
  #shares = 1;
  #answered = false;
  #skippedSteps = 0;
  #trouble: QueryTrouble | undefined;
  #refusals = 0;
  #isLate = false;

  constructor(query: ObservedQuery, options: QueryOptions) {
    this.query = query;
    this.#options = options;
  }

  /** Everything up to here was taken; NaN before it has begun. */
  get doneMs(): number {
    return this.#doneMs;
  }

  get trouble(): QueryTrouble | undefined {
    return this.#trouble;
  }

  /** Whether it has not answered yet, or took too long the last time. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Steps that it was not asked for, because they were too far back when it could be. */
  get skippedSteps(): number {
    return this.#skippedSteps;
  }

  /** Whether it has long given nothing: it need not be asked each time, and then for all that it was not asked for. */
  get isAbsent(): boolean {
    return this.#doneMs - this.#presentMs >= ABSENT_MS;
  }

  /**
   * Whether what it still owes could come: one that was refused again and again from the beginning owes nothing, nor one
   * that is absent, whose series would still be too short for a score.
   */
  get isOwing(): boolean {
    return !this.isAbsent && (this.#answered || this.#refusals < MOST_REFUSALS);
  }

  /** Begins at `fromMs`, unless it has begun. */
  begin(fromMs: number): void {
    if (!Number.isNaN(this.#doneMs)) return;
    this.#doneMs = fromMs - this.#options.stepMs;
    this.#presentMs = this.#doneMs;
  }

  /** Asks for the next piece, unless it is being asked for, or was answered. Never rejects. */
  ask(endMs: number): Promise<void> {
    if (this.#answer !== undefined) return Promise.resolve();
    this.#asking ??= this.#ask(endMs).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** What was waited for has not come. */
  giveUpWaiting(): void {
    if (this.#asking !== undefined) this.#isLate = true;
  }

  /** The answer, when there is one; from now on that is done. */
  take(): readonly FetchedSeries[] | undefined {
    const answer = this.#answer;
    if (answer === undefined) return undefined;
    this.#answer = undefined;
    this.#doneMs = answer.toMs;
    if (answer.fetched.length > 0) this.#presentMs = answer.toMs;
    return answer.fetched;
  }

  async #ask(endMs: number): Promise<void> {
    const { clock, stepMs, patienceMs } = this.#options;
    const askedMs = clock.nowMs();
    const oldestMs = endMs - LONGEST_RANGE_MS;
    if (this.#doneMs + stepMs < oldestMs) {
      this.#skippedSteps += Math.round((oldestMs - this.#doneMs) / stepMs) - 1;
      this.#doneMs = oldestMs - stepMs;
      this.#presentMs = Math.max(this.#presentMs, this.#doneMs);
    }
    try {
      this.#answer = await this.#fetch(this.#doneMs + stepMs, endMs);
      this.#trouble = undefined;
      this.#answered = true;
    } catch (error) {
      this.#trouble = troubleOf(this.query.metricName, this.#trouble?.sinceMs ?? clock.nowMs(), error);
      this.#refusals = error instanceof AppError && !error.retryable ? this.#refusals + 1 : 0;
    }
    this.#isLate = clock.nowMs() - askedMs > patienceMs;
  }

  async #fetch(startMs: number, endMs: number): Promise<Answer> {
    const { stepMs } = this.#options;
    for (;;) {
      // More series, fewer steps: what is held at once stays about the same.
      const steps = Math.max(1, Math.floor(LONGEST_PIECE_MS / this.#shares / stepMs));
      const toMs = Math.min(endMs, startMs + (steps - 1) * stepMs);
      try {
        return { fetched: await this.#fetchShares(startMs, toMs), toMs };
      } catch (error) {
        const isTooMuch = error instanceof AppError && error.code === 'too-much';
        if (!isTooMuch || this.query.shares === undefined || this.#shares >= MOST_SHARES) throw error;
        // It stays so: what was too much once will be again.
        this.#shares *= 2;
      }
    }
  }

  /** One share after the other: together they would be what is too much. */
  async #fetchShares(startMs: number, endMs: number): Promise<readonly FetchedSeries[]> {
    const { source, stepMs, maxSeries, timeoutMs, signal } = this.#options;
    const { promql, shares } = this.query;
    const queries = this.#shares === 1 || shares === undefined ? [promql] : shares(this.#shares);
    const all: FetchedSeries[] = [];
    for (const one of queries) {
      const fetched = await source.queryRange(
        { promql: one, startMs, endMs, stepMs },
        { maxSeries, timeoutMs, signal },
      );
      for (const series of fetched) all.push(series);
    }
    return all;
  }
}
