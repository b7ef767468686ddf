// Our side of P12: what `run` puts together to watch a metric, on a clock that goes a minute further as soon as a round is over.
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { Plan } from '#model/plan.ts';
import { createLiveSink } from '#pipeline/live-sink.ts';
import { createObserver } from '#pipeline/observer.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { createObservedSignals, MOST_SERIES, QUERY_MS } from '../../src/app/live/observed-signals.ts';
import { openFlow } from '../../src/app/run-tape.ts';
import { settingOf } from '../accuracy/methods.ts';
import { WATCHED } from './rules-world.ts';

const STEP_MS = 60_000;
const MINUTES_AN_HOUR = 60;
const WARM_MS = 3 * 3_600_000;

export interface HourWatcher {
  /** Watches so many minutes more, and returns how many samples were taken. */
  watch(minutes: number): Promise<number>;
  /** How many series have a score and a band in the store for the newest minute, and for each of the hour before it. */
  banded(): Promise<number>;
  close(): Promise<void>;
}

/** Watches hours of which the last ends at `endMs`. */
export async function createHourWatcher(
  folder: string,
  url: string,
  endMs: number,
  hours: number,
): Promise<HourWatcher> {
  const store = await openEmbeddedStore({ folder });
  const clock = new RoundClock(endMs - hours * MINUTES_AN_HOUR * STEP_MS);
  const source = createPrometheusSource(createHttpTransport({ url }), {
    ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  const plan: Plan = { ...(await settingOf()), detector: 'shop', metricName: WATCHED, selector: {} };
  const epoch = await store.nextEpoch();
  const sink = createLiveSink(store, { run: 'bench', epoch, stream: 'bench', storedMs: Number.NEGATIVE_INFINITY });
  const flow = openFlow([plan], 1, sink);
  const signals = createObservedSignals(STEP_MS, (metricName, labels) => ({ ...labels, __name__: metricName }));
  let samples = 0;
  let newestMs = Number.NaN;
  const observer = createObserver({
    ...{ flow, clock, stepMs: STEP_MS, warmMs: WARM_MS, storedMs: Number.NEGATIVE_INFINITY },
    ...{ forgetMs: WARM_MS, maxSeries: MOST_SERIES, timeoutMs: QUERY_MS },
    toSignals: signals.toSignals,
    forget: signals.forget,
    source: { queryRange: source.queryRange, nowMs: async () => clock.nowMs() },
    queries: [{ metricName: WATCHED, promql: WATCHED }],
    onRound(status) {
      // A query that failed is asked again with the next round; what it never gave is missed in the count.
      const { failure } = status;
      if (failure !== undefined) clock.fail(new AppError('internal', 'P12: our side failed', { cause: failure }));
      samples = status.samples;
      newestMs = status.newestMs;
      clock.roundOver();
    },
  });
  observer.start();
  return {
    async watch(minutes) {
      const before = samples;
      await clock.go(minutes);
      await flow.drained();
      return samples - before;
    },
    async banded() {
      const tracks = await store.tracks();
      const fromMs = newestMs - MINUTES_AN_HOUR * STEP_MS;
      const read = await store.scores(
        tracks.map(({ key }) => key),
        { fromMs: fromMs + 1, toMs: newestMs + 1 },
      );
      const isBanded = ({ scores, lower, upper }: (typeof read)[number]) =>
        scores.length === MINUTES_AN_HOUR && [scores, lower, upper].every((column) => column.every(Number.isFinite));
      return read.filter(isBanded).length;
    },
    async close() {
      await observer.stop();
      await flow.close();
      await source.close();
      await store.close();
    },
  };
}

/** A clock that stands until it is told to go, and then steps from the end of a round to the next. No answer is too late. */
class RoundClock implements Clock {
  #nowMs: number;
  #left = 0;
  #isRoundOver = false;
  #sleeping: { readonly untilMs: number; readonly wake: () => void } | undefined;
  #gone: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
      // In the middle of a round it is patience that sleeps: it is broken off when the answers are there.
      if (!this.#isRoundOver) return;
      this.#isRoundOver = false;
      this.#sleeping = { untilMs: this.#nowMs + ms, wake: resolve };
      this.#step();
    });
  }

  /** What sleeps next waits for the next round. */
  roundOver(): void {
    this.#isRoundOver = true;
  }

  /** Resolves when so many sleeps are over, and the one after them has begun. */
  async go(sleeps: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#left = sleeps;
      this.#gone = { resolve, reject };
      this.#step();
    });
  }

  fail(reason: unknown): void {
    this.#gone?.reject(reason);
  }

  #step(): void {
    if (this.#sleeping === undefined || this.#gone === undefined) return;
    if (this.#left === 0) {
      this.#gone.resolve();
      this.#gone = undefined;
      return;
    }
    const { untilMs, wake } = this.#sleeping;
    this.#left--;
    this.#sleeping = undefined;
    this.#nowMs = untilMs;
    wake();
  }
}
