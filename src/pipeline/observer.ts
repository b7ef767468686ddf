// Watches what every cluster has: asks each query for its steps since the last answer, first of all for the hours before
// the start, and gives the samples to the flow. A query that fails is asked again for all that it missed, so that a gap is
// caught up and never scored as a silence; one that is slow is waited for by nobody. What is said of the stream's position
// is never further than the query that is furthest behind.
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { Signal } from '#model/signal.ts';
import type { Flow } from './flow.ts';
import { type ObservedQuery, QueryProgress, type QueryTrouble, troubleOf } from './observed-query.ts';
import type { DroppedSamples } from './records.ts';
import { Splitter } from './split.ts';
import { type ClockStatus, StreamClock } from './stream-clock.ts';

export interface ObserverOptions {
  readonly source: Pick<PrometheusSource, 'queryRange' | 'nowMs'>;
  readonly queries: readonly ObservedQuery[];
  readonly flow: Flow;
  /** Names, merges and orders what was fetched; nothing of it was seen before `seenMs`. */
  readonly toSignals: (metricName: string, series: readonly FetchedSeries[], seenMs: number) => readonly Signal[];
  /** Forgets the metric's series that have nothing newer than this, and returns their ids. */
  readonly forget: (metricName: string, beforeMs: number) => readonly number[];
  /** After so long without a sample a series is forgotten. */
  readonly forgetMs: number;
  readonly clock: Clock;
  readonly stepMs: number;
  /** How much of the past is asked for at the start. */
  readonly warmMs: number;
  /** The position that the store has; -Infinity when it is empty. What is missing since then is asked for as well. */
  readonly storedMs: number;
  readonly maxSeries: number;
  readonly timeoutMs: number;
  onRound(status: ObserverStatus): void;
}

export interface ObserverStatus {
  /** Before the first round has ended. */
  readonly warming: boolean;
  /** That are known now, and not those that are gone. */
  readonly series: number;
  readonly samples: number;
  /** Time of the newest sample; NaN before the first. */
  readonly newestMs: number;
  readonly troubles: readonly QueryTrouble[];
  readonly clock: ClockStatus;
  /** Queries that are not waited for. */
  readonly late: number;
  /** Queries that gave nothing for so long that they are asked now and then only. */
  readonly absent: number;
  /** Steps of queries that were never asked for: too far back when they could be. */
  readonly skippedSteps: number;
  /** Samples that were left out, by reason. */
  readonly dropped: DroppedSamples;
  /** What ended it, when something did. */
  readonly failure: unknown;
}

export interface Observer {
  start(): void;
  stop(): Promise<void>;
  readonly status: ObserverStatus;
}

const ALIGN_MS = 600_000;
const FORGET_ROUNDS = 10;
/** Each tenth round an absent query is asked, not all of them in the same. */
const ABSENT_ROUNDS = 10;

export function createObserver(options: ObserverOptions): Observer {
  return new RoundObserver(options);
}

class RoundObserver implements Observer {
  readonly #options: ObserverOptions;
  readonly #queries: readonly QueryProgress[];
  readonly #stopping = new AbortController();
  readonly #splitter = new Splitter();
  readonly #clock: StreamClock;
  #rounds = 0;
  #series = 0;
  #samples = 0;
  #newestMs = Number.NaN;
  /** Of the last tick. */
  #seenMs = Number.NEGATIVE_INFINITY;
  /** Rows seen up to here the store has; undefined before the first round. */
  #storedMs: number | undefined;
  #unreached: QueryTrouble | undefined;
  #failure: unknown;
  #loop: Promise<void> | undefined;

  constructor(options: ObserverOptions) {
    const { source, clock, stepMs, maxSeries, timeoutMs, queries } = options;
    const { signal } = this.#stopping;
    this.#options = options;
    this.#clock = new StreamClock({ source, clock, stepMs, signal });
    const own = { source, clock, stepMs, maxSeries, timeoutMs, signal, patienceMs: stepMs / 2 };
    this.#queries = queries.map((query) => new QueryProgress(query, own));
  }

  get status(): ObserverStatus {
    const { outOfOrder, unknownSeries } = this.#options.flow.dropped();
    const troubles = this.#queries.flatMap(({ trouble }) => trouble ?? []);
    return {
      warming: this.#rounds === 0,
      series: this.#series,
      samples: this.#samples,
      newestMs: this.#newestMs,
      troubles: this.#unreached === undefined ? troubles : [this.#unreached],
      clock: this.#clock.status,
      late: this.#queries.filter(({ isLate }) => isLate).length,
      absent: this.#queries.filter(({ isAbsent }) => isAbsent).length,
      skippedSteps: this.#queries.reduce((sum, { skippedSteps }) => sum + skippedSteps, 0),
      dropped: { outOfOrder, unknownSeries: unknownSeries + this.#splitter.unknownSamples },
      failure: this.#failure,
    };
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, stepMs, onRound } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        // Queries fail one by one; this is the flow or the store, whose failure is everybody's.
        this.#failure = error;
        onRound(this.status);
        return;
      }
      if (signal.aborted) return;
      this.#rounds++;
      onRound(this.status);
      // A little after the step's end, when the last scrapes of it have arrived.
      const intoMs = ((this.#clock.nowMs() % stepMs) + stepMs) % stepMs;
      await clock.sleep(stepMs - intoMs + stepMs / 10, signal);
    }
  }

  async #round(): Promise<void> {
    const nowMs = await this.#time();
    if (nowMs === undefined) return;
    const { stepMs } = this.#options;
    // The newest step may still be filling.
    const endMs = Math.floor(nowMs / stepMs) * stepMs - stepMs;
    this.#begin(nowMs, endMs);
    /** Those that failed or are late: with the next round; those that are absent: with one of the next. */
    const resting = new Set(this.#queries.filter((query, index) => query.isAbsent && !this.#isTurnOf(index)));
    for (;;) {
      const behind = this.#queries.filter((query) => query.doneMs < endMs && !resting.has(query));
      if (behind.length === 0) break;
      await this.#wait(behind, endMs);
      if (this.#stopping.signal.aborted) return;
      const before = behind.map(({ doneMs }) => doneMs);
      await this.#submit();
      behind.forEach((query, index) => {
        if (query.doneMs === before[index]) resting.add(query);
      });
    }
    if (this.#rounds % FORGET_ROUNDS === FORGET_ROUNDS - 1) this.#forget();
  }

  #isTurnOf(index: number): boolean {
    return (this.#rounds + index) % ABSENT_ROUNDS === 0;
  }

  /** What time it is for Prometheus; undefined, with the reason noted, when nothing can be asked. */
  async #time(): Promise<number | undefined> {
    try {
      const nowMs = await this.#clock.read();
      this.#unreached = undefined;
      return nowMs;
    } catch (error) {
      if (this.#stopping.signal.aborted) return undefined;
      const sinceMs = this.#unreached?.sinceMs ?? this.#options.clock.nowMs();
      this.#unreached = troubleOf('all queries', sinceMs, error);
      return undefined;
    }
  }

  #begin(nowMs: number, endMs: number): void {
    const { warmMs, stepMs, storedMs } = this.#options;
    // Who begins a few minutes later begins with the same history, so that what they say later is the same.
    const warmFromMs = Math.floor((endMs - warmMs) / ALIGN_MS) * ALIGN_MS;
    const sinceMs = Number.isFinite(storedMs) ? Math.floor(storedMs / stepMs) * stepMs : Number.POSITIVE_INFINITY;
    for (const query of this.#queries) query.begin(Math.min(warmFromMs, sinceMs));
    // A position in the future is somebody's wrong clock: what it says is stored need not be.
    this.#storedMs ??= storedMs > nowMs + stepMs ? Number.NEGATIVE_INFINITY : storedMs;
    this.#clock.check(nowMs, { storedMs, takenMs: Math.max(...this.#queries.map(({ doneMs }) => doneMs)) });
  }

  /** Until all have answered whose answers come soon: at the start all of them, later those that were not late before. */
  async #wait(behind: readonly QueryProgress[], endMs: number): Promise<void> {
    const { clock, stepMs, timeoutMs } = this.#options;
    const soon: Promise<void>[] = [];
    for (const query of behind) {
      const { isLate } = query;
      const answer = query.ask(endMs);
      if (!isLate) soon.push(answer);
    }
    const over = new AbortController();
    const isWarming = Number.isNaN(this.#newestMs);
    await Promise.race([Promise.all(soon), clock.sleep(isWarming ? timeoutMs : stepMs / 2, over.signal)]);
    over.abort();
    for (const query of behind) query.giveUpWaiting();
  }

  /** Everything that was answered, as one tick. */
  async #submit(): Promise<void> {
    const { flow, toSignals, stepMs } = this.#options;
    const signals: Signal[] = [];
    for (const query of this.#queries) {
      const fetched = query.take();
      if (fetched === undefined) continue;
      for (const signal of toSignals(query.query.metricName, fetched, this.#seenMs)) signals.push(signal);
    }
    // Of several queries: in the order in which they could have been seen.
    signals.sort((a, b) => a.seenMs - b.seenMs);
    for (const signal of signals) this.#take(signal);
    if (this.#splitter.isEmpty) return;
    const owing = this.#queries.filter(({ isOwing }) => isOwing).map(({ doneMs }) => doneMs);
    const positionMs = Math.min(this.#seenMs, ...owing.map((doneMs) => doneMs + stepMs));
    const live = { positionMs, storedMs: this.#storedMs ?? Number.NEGATIVE_INFINITY };
    await flow.submit(this.#splitter.close(this.#seenMs, live));
    await flow.drained();
  }

  #take(signal: Signal): void {
    this.#splitter.add(signal);
    this.#seenMs = Math.max(this.#seenMs, signal.seenMs);
    if (signal.kind === 'series') this.#series += signal.series.length;
    if (signal.kind !== 'frame') return;
    this.#samples += signal.ids.length;
    if (!(signal.timeMs <= this.#newestMs)) this.#newestMs = signal.timeMs;
  }

  /** Each query's by its own time: what it still owes must find its series. */
  #forget(): void {
    const { forget, forgetMs } = this.#options;
    for (const { query, doneMs } of this.#queries) {
      const gone = forget(query.metricName, doneMs - forgetMs);
      this.#series -= gone.length;
      this.#splitter.remove(gone);
    }
  }
}
