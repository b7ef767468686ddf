// Scrapes pods again and again, each in a phase of its own so that the load is spread, and keeps the last hour of what is
// wanted of them. Who was late the last time waits in a line of its own: a pod that hangs holds up no other. A scrape that fails
// ends the pod's series until one succeeds again.
import type { Clock } from '#kit/clock.ts';
import { AppError, type ErrorCode } from '#kit/errors.ts';
import { fnv1a } from '#model/partition.ts';
import { createGate } from '../prometheus/gate.ts';
import { createHistory, type History, type PodName } from './history.ts';
import { type ScrapeDeps, type ScrapeTarget, scrapeTarget } from './scrape-target.ts';

export interface ScrapedPod extends PodName {
  readonly uid: string;
  /** Undefined when it declares no metrics port, or has no address yet. */
  readonly target: ScrapeTarget | undefined;
  /** Names of what is wanted of it. */
  readonly wanted: ReadonlySet<string>;
}

export interface ScraperOptions extends Pick<ScrapeDeps, 'dispatcher' | 'refusal'> {
  /** All that are to be scraped now, looked up again every few seconds. */
  readonly pods: () => readonly ScrapedPod[];
  readonly intervalMs: number;
  readonly windowMs: number;
  /** The wall clock, which dates the samples. */
  readonly clock: Clock;
  /** One that never steps, for when a pod's turn is. */
  readonly steadyClock: Clock;
  readonly limits?: Partial<ScraperLimits>;
}

export interface ScraperLimits {
  readonly timeoutMs: number;
  /** Of one answer, unpacked. */
  readonly maxBytes: number;
  /** Wanted ones of one pod. */
  readonly maxSamples: number;
  /** All together. */
  readonly maxSeries: number;
  /** Pods at once, and of them that were late the last time. */
  readonly atOnce: number;
  readonly lateAtOnce: number;
}

export type ScrapeFailure = Extract<ErrorCode, 'unavailable' | 'bad-input' | 'too-much' | 'forbidden'> | 'internal';

export interface ScraperStats {
  readonly targets: number;
  readonly series: number;
  readonly scrapes: number;
  readonly samples: number;
  /** Times that a series had no room, or too large labels. */
  readonly droppedSeries: number;
  /** Turns that passed while the pod's last scrape was still under way or waiting. */
  readonly passedOver: number;
  readonly failures: Readonly<Record<ScrapeFailure, number>>;
  /** Targets whose last scrape failed. */
  readonly failing: number;
}

export interface Scraper {
  readonly history: Pick<History, 'read'>;
  /** Why a pod has no such metric. */
  whyNone(pod: PodName, metricName: string): string;
  start(): void;
  stop(): Promise<void>;
  stats(): ScraperStats;
}

/** Samples of all series together: 16 bytes each. */
const MOST_POINTS = 5_000_000;
const MOST_SERIES = 20_000;
const LOOK_MS = 5000;
/** Of the time-out: a timer may be a moment early. */
const LATE_RATIO = 0.9;

interface Followed {
  pod: ScrapedPod;
  readonly stopping: AbortController;
  done: Promise<void>;
  isLate: boolean;
  hasAnswered: boolean;
  trouble: string | undefined;
}

export function createScraper(options: ScraperOptions): Scraper {
  return new PodScraper(options);
}

class PodScraper implements Scraper {
  readonly #options: ScraperOptions;
  readonly #limits: ScraperLimits;
  readonly #history: History;
  readonly #followed = new Map<string, Followed>();
  readonly #ending = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #gate;
  readonly #lateGate;
  #loop: Promise<void> | undefined;
  #scrapes = 0;
  #samples = 0;
  #droppedSeries = 0;
  #passedOver = 0;
  readonly #failures = { unavailable: 0, 'bad-input': 0, 'too-much': 0, forbidden: 0, internal: 0 };

  constructor(options: ScraperOptions) {
    const { intervalMs, windowMs } = options;
    this.#options = options;
    this.#limits = {
      ...{
        timeoutMs: Math.min(intervalMs, 10_000),
        maxBytes: 4 * 2 ** 20,
        maxSamples: 1000,
        atOnce: 24,
        lateAtOnce: 8,
      },
      maxSeries: Math.min(MOST_SERIES, Math.floor(MOST_POINTS / (windowMs / intervalMs))),
      ...options.limits,
    };
    this.#history = createHistory({ windowMs, intervalMs, maxSeries: this.#limits.maxSeries });
    this.#gate = createGate(this.#limits.atOnce, Number.POSITIVE_INFINITY, 'pods');
    this.#lateGate = createGate(this.#limits.lateAtOnce, Number.POSITIVE_INFINITY, 'pods that were late');
  }

  get history(): Pick<History, 'read'> {
    return this.#history;
  }

  start(): void {
    this.#loop ??= this.#look();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    for (const followed of this.#followed.values()) this.#leave(followed);
    await Promise.all(this.#ending);
  }

  whyNone({ namespace, pod }: PodName, metricName: string): string {
    const followed = this.#followed.get(`${namespace}/${pod}`);
    if (followed === undefined) return 'it is not known yet';
    if (followed.pod.target === undefined) {
      return 'it declares no metrics port (a container port named "metrics", or the annotation prometheus.io/port)';
    }
    if (followed.trouble !== undefined) return followed.trouble;
    if (!followed.hasAnswered) return `its first scrape comes within ${Math.ceil(this.#options.intervalMs / 1000)} s`;
    return `it exposes no ${metricName}`;
  }

  stats(): ScraperStats {
    const followed = [...this.#followed.values()];
    return {
      targets: followed.filter(({ pod }) => pod.target !== undefined).length,
      series: this.#history.series,
      scrapes: this.#scrapes,
      samples: this.#samples,
      droppedSeries: this.#droppedSeries,
      passedOver: this.#passedOver,
      failures: { ...this.#failures },
      failing: followed.filter(({ trouble }) => trouble !== undefined).length,
    };
  }

  async #look(): Promise<void> {
    const { pods, intervalMs, windowMs, clock, steadyClock } = this.#options;
    while (!this.#stopping.signal.aborted) {
      this.#follow(pods());
      this.#history.forgetBefore(clock.nowMs() - windowMs);
      await steadyClock.sleep(Math.min(intervalMs, LOOK_MS), this.#stopping.signal);
    }
  }

  /** Begins with those that are new, ends with those that are gone. */
  #follow(pods: readonly ScrapedPod[]): void {
    const now = new Map(pods.map((pod) => [`${pod.namespace}/${pod.pod}`, pod]));
    for (const [key, followed] of this.#followed) {
      const pod = now.get(key);
      // A pod of the same name that is another one has its own phase.
      if (pod?.uid === followed.pod.uid) followed.pod = pod;
      else {
        this.#followed.delete(key);
        this.#leave(followed);
        this.#history.end(followed.pod, this.#options.clock.nowMs());
      }
    }
    for (const [key, pod] of now) {
      if (this.#followed.has(key)) continue;
      const followed: Followed = {
        ...{ pod, stopping: new AbortController(), done: Promise.resolve() },
        ...{ isLate: false, hasAnswered: false, trouble: undefined },
      };
      this.#followed.set(key, followed);
      followed.done = this.#scrapeOften(followed);
    }
  }

  #leave({ stopping, done }: Followed): void {
    stopping.abort(new AppError('unavailable', 'the scrape was given up'));
    this.#ending.add(done);
    void done.finally(() => this.#ending.delete(done));
  }

  async #scrapeOften(followed: Followed): Promise<void> {
    const { intervalMs, steadyClock } = this.#options;
    const { signal } = followed.stopping;
    const phaseMs = fnv1a(followed.pod.uid) % intervalMs;
    const nextAfter = (ms: number) => (Math.floor((ms - phaseMs) / intervalMs) + 1) * intervalMs + phaseMs;
    let dueMs = nextAfter(steadyClock.nowMs());
    while (!signal.aborted) {
      await steadyClock.sleep(dueMs - steadyClock.nowMs(), signal);
      if (signal.aborted) return;
      await this.#scrape(followed, signal);
      // A timer may wake a moment too early: the turn that was had does not come again.
      const next = Math.max(dueMs + intervalMs, nextAfter(steadyClock.nowMs()));
      this.#passedOver += Math.round((next - dueMs) / intervalMs) - 1;
      dueMs = next;
    }
  }

  async #scrape(followed: Followed, signal: AbortSignal): Promise<void> {
    const { target } = followed.pod;
    if (target === undefined) return;
    const { clock, steadyClock, dispatcher, refusal } = this.#options;
    const { timeoutMs, maxBytes, maxSamples } = this.#limits;
    const deps = { clock: steadyClock, dispatcher, ...(refusal === undefined ? {} : { refusal }) };
    let atMs = clock.nowMs();
    let beganMs = steadyClock.nowMs();
    try {
      const gate = followed.isLate ? this.#lateGate : this.#gate;
      const samples = await gate.through(signal, () => {
        atMs = clock.nowMs();
        beganMs = steadyClock.nowMs();
        const { wanted } = followed.pod;
        return scrapeTarget(target, { timeoutMs, maxBytes, maxSamples, wanted, signal }, deps);
      });
      if (signal.aborted) return;
      const { kept, dropped } = this.#history.take(followed.pod, samples, atMs);
      this.#samples += kept;
      this.#droppedSeries += dropped;
      Object.assign(followed, { isLate: false, hasAnswered: true, trouble: undefined });
    } catch (error) {
      if (signal.aborted) return;
      this.#failures[failureOf(error)]++;
      this.#history.end(followed.pod, atMs);
      followed.isLate = steadyClock.nowMs() - beganMs >= LATE_RATIO * timeoutMs;
      followed.trouble = error instanceof Error ? error.message : String(error);
    }
    this.#scrapes++;
  }
}

function failureOf(error: unknown): ScrapeFailure {
  const code = error instanceof AppError ? error.code : 'internal';
  return code === 'unavailable' || code === 'bad-input' || code === 'too-much' || code === 'forbidden'
    ? code
    : 'internal';
}
