// Watches what every cluster has: asks each query for its steps since the last answer, first of all for the hours before
// the start, and gives the samples to the flow. A query that fails is asked again for all that it missed, so that a gap is
// caught up and never scored as a silence; the others go on.
import type { FetchedSeries, PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Signal } from '#model/signal.ts';
import type { Flow } from './flow.ts';
import { Splitter } from './split.ts';

export interface ObservedQuery {
  readonly metricName: string;
  readonly promql: string;
}

export interface ObserverOptions {
  readonly source: PrometheusSource;
  readonly queries: readonly ObservedQuery[];
  readonly flow: Flow;
  /** Names, merges and orders what was fetched. */
  readonly toSignals: (metricName: string, series: readonly FetchedSeries[]) => readonly Signal[];
  readonly clock: Clock;
  readonly stepMs: number;
  /** How much of the past is asked for at the start. */
  readonly warmMs: number;
  readonly maxSeries: number;
  readonly timeoutMs: number;
  onRound(status: ObserverStatus): void;
}

export interface QueryTrouble {
  readonly metricName: string;
  readonly sinceMs: number;
  readonly code: string;
  readonly message: string;
}

export interface ObserverStatus {
  /** Before the first round has ended. */
  readonly warming: boolean;
  readonly series: number;
  readonly samples: number;
  /** Time of the newest sample; NaN before the first. */
  readonly newestMs: number;
  readonly troubles: readonly QueryTrouble[];
  /** What ended it, when something did. */
  readonly failure: unknown;
}

export interface Observer {
  start(): void;
  stop(): Promise<void>;
  readonly status: ObserverStatus;
}

interface Progress {
  /** Everything up to here was given to the flow; NaN before the first answer. */
  doneMs: number;
  trouble: QueryTrouble | undefined;
}

const ALIGN_MS = 600_000;
/** Further back than this a gap is not caught up: a detector's baseline holds no more. */
const LONGEST_RANGE_MS = 12 * 3_600_000;

export function createObserver(options: ObserverOptions): Observer {
  return new RoundObserver(options);
}

class RoundObserver implements Observer {
  readonly #options: ObserverOptions;
  readonly #progress = new Map<string, Progress>();
  readonly #stopping = new AbortController();
  readonly #splitter = new Splitter();
  #warming = true;
  #series = 0;
  #samples = 0;
  #newestMs = Number.NaN;
  #failure: unknown;
  #loop: Promise<void> | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    for (const { metricName } of options.queries) {
      this.#progress.set(metricName, { doneMs: Number.NaN, trouble: undefined });
    }
  }

  get status(): ObserverStatus {
    const troubles = [...this.#progress.values()].flatMap(({ trouble }) => trouble ?? []);
    return {
      warming: this.#warming,
      series: this.#series,
      samples: this.#samples,
      newestMs: this.#newestMs,
      troubles,
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
        // Queries fail one by one, below; this is the flow or the store, whose failure is everybody's.
        this.#failure = error;
        onRound(this.status);
        return;
      }
      this.#warming = false;
      onRound(this.status);
      const nowMs = clock.nowMs();
      // A little after the step's end, when the last scrapes of it have arrived.
      await clock.sleep(stepMs - (nowMs % stepMs) + stepMs / 10, signal);
    }
  }

  async #round(): Promise<void> {
    const { clock, queries, stepMs } = this.#options;
    // The newest step may still be filling.
    const endMs = Math.floor(clock.nowMs() / stepMs) * stepMs - stepMs;
    const answers = await Promise.all(queries.map((query) => this.#ask(query, endMs)));
    if (this.#stopping.signal.aborted) return;
    const signals = answers.flat();
    // Of several queries: in the order in which they could have been seen.
    signals.sort((a, b) => a.seenMs - b.seenMs);
    for (const signal of signals) this.#take(signal);
    if (this.#splitter.isEmpty) return;
    await this.#options.flow.submit(this.#splitter.close(clock.nowMs()));
    await this.#options.flow.drained();
  }

  #take(signal: Signal): void {
    this.#splitter.add(signal);
    if (signal.kind === 'series') this.#series += signal.series.length;
    if (signal.kind !== 'frame') return;
    this.#samples += signal.ids.length;
    if (!(signal.timeMs <= this.#newestMs)) this.#newestMs = signal.timeMs;
  }

  async #ask({ metricName, promql }: ObservedQuery, endMs: number): Promise<readonly Signal[]> {
    const { source, stepMs, warmMs, maxSeries, timeoutMs, clock, toSignals } = this.#options;
    const progress = this.#progress.get(metricName);
    if (progress === undefined) return [];
    // Who begins a few minutes later begins with the same history, so that what they say later is the same.
    const warmFromMs = Math.floor((endMs - warmMs) / ALIGN_MS) * ALIGN_MS;
    const fromMs = Number.isNaN(progress.doneMs) ? warmFromMs : progress.doneMs + stepMs;
    const startMs = Math.max(fromMs, endMs - LONGEST_RANGE_MS);
    if (startMs > endMs) return [];
    const limits = { maxSeries, timeoutMs, signal: this.#stopping.signal };
    try {
      const signals = toSignals(metricName, await source.queryRange({ promql, startMs, endMs, stepMs }, limits));
      progress.doneMs = endMs;
      progress.trouble = undefined;
      return signals;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal';
      const message = error instanceof Error ? error.message : String(error);
      const sinceMs = progress.trouble?.sinceMs ?? clock.nowMs();
      progress.trouble = { metricName, sinceMs, code, message };
      return [];
    }
  }
}
