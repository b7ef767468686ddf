// Who is due when: one heap of plans. Plans that can share a query (the same group) share a phase, which comes from the
// group's name, so that they come due together and the load spreads over the interval. Groups in flight are capped; the
// rest waits in the order in which it was due, and how late that makes them is told.
import type { Clock } from '#kit/clock.ts';
import { createHeap } from '#kit/heap.ts';
import { fnv1a } from '#model/partition.ts';

export interface ScheduledPlan {
  /** Unique, and the same as long as it is the same thing. */
  readonly key: string;
  /** Plans of one group are run together. */
  readonly group: string;
}

export interface SchedulerOptions<P extends ScheduledPlan> {
  readonly clock: Clock;
  /**
   * Runs plans of one group, and says for each key after how long it wants to be run again. A key that is left out, or
   * all of them when it throws, come again after `retryMs`.
   */
  run(plans: readonly P[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  readonly retryMs: number;
  /** Groups at once. */
  readonly maxInFlight: number;
  /** Plans in one run at most. */
  readonly maxMerged: number;
  onError(error: unknown, plans: readonly P[]): void;
}

export interface SchedulerStats {
  readonly plans: number;
  readonly inFlight: number;
  /** Runs ended since the start, and those that threw. */
  readonly runs: number;
  readonly failures: number;
  /** How long after it was due the newest run began, and the oldest plan that waits now is overdue. */
  readonly lagMs: number;
  readonly overdueMs: number;
}

export interface Scheduler<P extends ScheduledPlan> {
  /** Adds a plan, or replaces the one of the same key; a new or changed one is due at once. */
  put(plan: P): void;
  remove(key: string): void;
  /** Due now, whatever its time was. */
  hasten(key: string): void;
  get(key: string): P | undefined;
  start(): void;
  /** Aborts what is under way and waits for it. */
  stop(): Promise<void>;
  stats(): SchedulerStats;
}

interface Entry<P> {
  plan: P;
  dueMs: number;
  /** Names its place in the heap; older ones of the same plan are void. */
  ticket: number;
  running: boolean;
  /** It was replaced or hastened while it ran: it is due again at once. */
  again: boolean;
}

interface Place {
  readonly key: string;
  readonly dueMs: number;
  readonly ticket: number;
}

/** Plans of a group that come due within this are run with the first of them. */
const TOGETHER_MS = 1000;
/** The clock is looked at again after this long even when nothing is due. */
const LONGEST_SLEEP_MS = 60_000;
const SLACK = 1000;

export function createScheduler<P extends ScheduledPlan>(options: SchedulerOptions<P>): Scheduler<P> {
  return new HeapScheduler(options);
}

class HeapScheduler<P extends ScheduledPlan> implements Scheduler<P> {
  readonly #options: SchedulerOptions<P>;
  readonly #entries = new Map<string, Entry<P>>();
  readonly #groups = new Map<string, Set<string>>();
  readonly #heap = createHeap<Place>((a, b) => a.dueMs - b.dueMs);
  #tickets = 0;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #wake = new AbortController();
  #loop: Promise<void> | undefined;
  #runs = 0;
  #failures = 0;
  #lagMs = 0;

  constructor(options: SchedulerOptions<P>) {
    this.#options = options;
  }

  put(plan: P): void {
    const known = this.#entries.get(plan.key);
    if (known !== undefined) {
      this.#leaveGroup(known.plan);
      known.plan = plan;
    }
    const entry = known ?? { plan, dueMs: 0, ticket: -1, running: false, again: false };
    this.#entries.set(plan.key, entry);
    const group = this.#groups.get(plan.group) ?? new Set();
    this.#groups.set(plan.group, group.add(plan.key));
    this.hasten(plan.key);
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#leaveGroup(entry.plan);
    this.#entries.delete(key);
  }

  hasten(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (entry.running) entry.again = true;
    else this.#due(entry, this.#options.clock.nowMs());
    this.#wake.abort();
  }

  get(key: string): P | undefined {
    return this.#entries.get(key)?.plan;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#loop;
    await Promise.all(this.#running);
  }

  stats(): SchedulerStats {
    const next = this.#next();
    return {
      plans: this.#entries.size,
      inFlight: this.#running.size,
      runs: this.#runs,
      failures: this.#failures,
      lagMs: this.#lagMs,
      overdueMs: next === undefined ? 0 : Math.max(0, this.#options.clock.nowMs() - next.dueMs),
    };
  }

  async #run(): Promise<void> {
    const { clock, maxInFlight } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const next = this.#next();
      const waitMs = next === undefined ? LONGEST_SLEEP_MS : next.dueMs - clock.nowMs();
      if (next !== undefined && waitMs <= 0 && this.#running.size < maxInFlight) {
        this.#begin(next);
        continue;
      }
      const full = this.#running.size >= maxInFlight;
      await clock.sleep(full ? LONGEST_SLEEP_MS : Math.min(waitMs, LONGEST_SLEEP_MS), this.#wake.signal);
      this.#wake = new AbortController();
    }
  }

  /** The entry that is due first; what was removed, runs, or was given another time is passed over. */
  #next(): Entry<P> | undefined {
    for (let top = this.#heap.peek(); top !== undefined; top = this.#heap.peek()) {
      const entry = this.#entries.get(top.key);
      if (entry !== undefined && !entry.running && entry.ticket === top.ticket) return entry;
      this.#heap.pop();
    }
    return undefined;
  }

  #begin(first: Entry<P>): void {
    const nowMs = this.#options.clock.nowMs();
    this.#lagMs = nowMs - first.dueMs;
    const together: Entry<P>[] = [first];
    first.running = true;
    for (const key of this.#groups.get(first.plan.group) ?? []) {
      if (together.length >= this.#options.maxMerged) break;
      const entry = this.#entries.get(key);
      if (entry === undefined || entry.running || entry.dueMs > nowMs + TOGETHER_MS) continue;
      entry.running = true;
      together.push(entry);
    }
    const run = this.#runTogether(together).finally(() => {
      this.#running.delete(run);
      this.#wake.abort();
    });
    this.#running.add(run);
  }

  async #runTogether(entries: readonly Entry<P>[]): Promise<void> {
    const plans = entries.map(({ plan }) => plan);
    let next: ReadonlyMap<string, number> = new Map();
    try {
      next = await this.#options.run(plans, this.#stopping.signal);
    } catch (error) {
      this.#failures++;
      if (!this.#stopping.signal.aborted) this.#options.onError(error, plans);
    }
    this.#runs++;
    const nowMs = this.#options.clock.nowMs();
    for (const entry of entries) {
      entry.running = false;
      // Removed while it ran, or removed and added again: the new entry has a time of its own.
      if (this.#entries.get(entry.plan.key) !== entry) continue;
      const afterMs = entry.again ? 0 : (next.get(entry.plan.key) ?? this.#options.retryMs);
      entry.again = false;
      this.#due(entry, afterMs === 0 ? nowMs : inPhase(nowMs, afterMs, entry.plan.group));
    }
  }

  #due(entry: Entry<P>, dueMs: number): void {
    entry.dueMs = dueMs;
    entry.ticket = this.#tickets++;
    this.#heap.push({ key: entry.plan.key, dueMs, ticket: entry.ticket });
    // A plan that changes all the time leaves its old times behind.
    if (this.#heap.size > 2 * this.#entries.size + SLACK) {
      this.#heap.keep(({ key, ticket }) => this.#entries.get(key)?.ticket === ticket);
    }
  }

  #leaveGroup({ group, key }: P): void {
    const keys = this.#groups.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#groups.delete(group);
  }
}

/** The group's moment of each interval that is nearest to `nowMs + intervalMs`, and never sooner than half of it. */
export function inPhase(nowMs: number, intervalMs: number, group: string): number {
  const phase = fnv1a(group) % intervalMs;
  const earliest = nowMs + intervalMs / 2;
  return Math.ceil((earliest - phase) / intervalMs) * intervalMs + phase;
}
