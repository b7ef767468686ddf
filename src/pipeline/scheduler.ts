// Who is due when. Plans that can share a query (the same group) share a phase, which comes from the group's name, so that
// they come due together and the load spreads over the interval. Groups in flight are capped. Plans stand in lanes (their
// namespaces): the lane that has the fewest under way is served first, and none takes a place unless more are free than it
// has (Choudhury and Hahne 1998, for buffers that are shared). So one that is slow, or has very many, delays itself; two of
// them leave a third of the places to the others.
import type { Clock } from '#kit/clock.ts';
import { fnv1a } from '#model/partition.ts';
import { createLane, type Entry, type Lane } from './scheduler-lane.ts';

export interface ScheduledPlan {
  /** Unique, and the same as long as it is the same thing. */
  readonly key: string;
  /** Plans of one group are run together; they are of one lane. */
  readonly group: string;
}

export interface SchedulerOptions<P extends ScheduledPlan> {
  /** One that never steps: the wall clock does. */
  readonly clock: Clock;
  /**
   * Runs plans of one group, and says for each key after how long it wants to be run again. A key that is left out, or
   * all of them when it throws, come again after `retryMs`. `dueMs`: when the first of them was due.
   */
  run(plans: readonly P[], signal: AbortSignal, dueMs: number): Promise<ReadonlyMap<string, number>>;
  readonly retryMs: number;
  /** Groups at once. */
  readonly maxInFlight: number;
  /** Whose it is: those of one lane must not delay the others. Unless told there are none, and nothing is kept free. */
  laneOf?(plan: P): string;
  /** Plans in one run at most. */
  readonly maxMerged: number;
  /** Whether a plan that replaces another must be run at once; else after the pause. All are, unless told. */
  isUrgent?(before: P, after: P): boolean;
  /** Between the end of a group's run and the next one for changes that are not urgent. */
  readonly pauseMs?: number;
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
  /** Lanes that have something due and must wait though there is a place, because they have their share. */
  readonly heldLanes: number;
}

export interface Scheduler<P extends ScheduledPlan> {
  /** Adds a plan, or replaces the one of the same key; a new or changed one is due at once, or after the pause. */
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

interface Group {
  readonly keys: Set<string>;
  endedMs: number;
}

/** Plans of a group that come due within this are run with the first of them. */
const TOGETHER_MS = 1000;
/** The clock is looked at again after this long even when nothing is due. */
const LONGEST_SLEEP_MS = 60_000;

export function createScheduler<P extends ScheduledPlan>(options: SchedulerOptions<P>): Scheduler<P> {
  return new LaneScheduler(options);
}

class LaneScheduler<P extends ScheduledPlan> implements Scheduler<P> {
  readonly #options: SchedulerOptions<P>;
  readonly #entries = new Map<string, Entry<P>>();
  readonly #groups = new Map<string, Group>();
  readonly #lanes = new Map<string, Lane<P>>();
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
    const before = known?.plan;
    const lane = this.#laneOf(plan);
    if (known !== undefined && before?.group !== plan.group) this.#leaveGroup(known);
    if (known !== undefined && known.lane !== lane) this.#leaveLane(known);
    const entry = known ?? {
      plan,
      lane,
      dueMs: Number.POSITIVE_INFINITY,
      ticket: -1,
      running: false,
      again: undefined,
    };
    entry.plan = plan;
    entry.lane = lane;
    this.#entries.set(plan.key, entry);
    lane.keys.add(plan.key);
    const group = this.#groups.get(plan.group) ?? { keys: new Set(), endedMs: Number.NEGATIVE_INFINITY };
    this.#groups.set(plan.group, group);
    group.keys.add(plan.key);
    const isUrgent = before === undefined || (this.#options.isUrgent?.(before, plan) ?? true);
    if (isUrgent) this.hasten(plan.key);
    else this.#soon(entry, group);
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#leaveGroup(entry);
    this.#leaveLane(entry);
    this.#entries.delete(key);
  }

  hasten(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (entry.running) entry.again = 'at once';
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
    const nowMs = this.#options.clock.nowMs();
    let oldestMs = nowMs;
    let heldLanes = 0;
    const hasPlace = this.#running.size < this.#options.maxInFlight;
    for (const lane of this.#lanes.values()) {
      const dueMs = lane.first()?.dueMs ?? Number.POSITIVE_INFINITY;
      oldestMs = Math.min(oldestMs, dueMs);
      const isHeld = hasPlace && this.#hasItsShare(lane);
      if (isHeld && dueMs <= nowMs) heldLanes++;
    }
    return {
      plans: this.#entries.size,
      inFlight: this.#running.size,
      runs: this.#runs,
      failures: this.#failures,
      lagMs: this.#lagMs,
      overdueMs: nowMs - oldestMs,
      heldLanes,
    };
  }

  async #run(): Promise<void> {
    const { clock, maxInFlight } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const isFull = this.#running.size >= maxInFlight;
      const { next, waitMs } = isFull ? { next: undefined, waitMs: LONGEST_SLEEP_MS } : this.#next();
      if (next !== undefined) {
        this.#begin(next);
        continue;
      }
      await clock.sleep(waitMs, this.#wake.signal);
      this.#wake = new AbortController();
    }
  }

  /** Of what is due and may begin, the one whose lane has the fewest under way, then the oldest; else how long to wait. */
  #next(): { readonly next: Entry<P> | undefined; readonly waitMs: number } {
    const nowMs = this.#options.clock.nowMs();
    let next: Entry<P> | undefined;
    let waitMs = LONGEST_SLEEP_MS;
    for (const lane of this.#lanes.values()) {
      const first = this.#hasItsShare(lane) ? undefined : lane.first();
      if (first === undefined) continue;
      waitMs = Math.min(waitMs, first.dueMs - nowMs);
      if (first.dueMs > nowMs) continue;
      const order = next === undefined ? -1 : lane.running - next.lane.running || first.dueMs - next.dueMs;
      if (order < 0) next = first;
    }
    return { next, waitMs };
  }

  #begin(first: Entry<P>): void {
    const nowMs = this.#options.clock.nowMs();
    this.#lagMs = nowMs - first.dueMs;
    const { dueMs, lane } = first;
    const { group } = first.plan;
    const together: Entry<P>[] = [first];
    first.running = true;
    for (const key of this.#groups.get(group)?.keys ?? []) {
      if (together.length >= this.#options.maxMerged) break;
      const entry = this.#entries.get(key);
      if (entry === undefined || entry.running || entry.dueMs > nowMs + TOGETHER_MS) continue;
      entry.running = true;
      together.push(entry);
    }
    lane.running++;
    const run = this.#runTogether(together, group, dueMs).finally(() => {
      lane.running--;
      this.#drop(lane);
      this.#running.delete(run);
      this.#wake.abort();
    });
    this.#running.add(run);
  }

  async #runTogether(entries: readonly Entry<P>[], group: string, dueMs: number): Promise<void> {
    const plans = entries.map(({ plan }) => plan);
    let next: ReadonlyMap<string, number> = new Map();
    try {
      next = await this.#options.run(plans, this.#stopping.signal, dueMs);
    } catch (error) {
      this.#failures++;
      if (!this.#stopping.signal.aborted) this.#options.onError(error, plans);
    }
    this.#runs++;
    const nowMs = this.#options.clock.nowMs();
    const ended = this.#groups.get(group);
    if (ended !== undefined) ended.endedMs = nowMs;
    for (const entry of entries) {
      entry.running = false;
      // Removed while it ran, or removed and added again: the new entry has a time of its own.
      if (this.#entries.get(entry.plan.key) !== entry) continue;
      const { again } = entry;
      entry.again = undefined;
      const afterMs = next.get(entry.plan.key) ?? this.#options.retryMs;
      if (again === 'at once') this.#due(entry, nowMs);
      else if (again === 'soon') this.#due(entry, nowMs + this.#pauseMs);
      else this.#due(entry, inPhase(nowMs, afterMs, entry.plan.group));
    }
  }

  get #pauseMs(): number {
    return this.#options.pauseMs ?? 0;
  }

  /** What changes all the time must not be run back to back. */
  #soon(entry: Entry<P>, { endedMs }: Group): void {
    if (entry.running) {
      entry.again ??= 'soon';
      return;
    }
    const dueMs = Math.max(this.#options.clock.nowMs(), endedMs + this.#pauseMs);
    // Again for each change, also when it is due by then: the lane may be another.
    this.#due(entry, Math.min(entry.dueMs, dueMs));
    this.#wake.abort();
  }

  #due(entry: Entry<P>, dueMs: number): void {
    entry.dueMs = dueMs;
    entry.lane.push(entry);
  }

  #laneOf(plan: P): Lane<P> {
    const name = this.#options.laneOf?.(plan) ?? '';
    const lane = this.#lanes.get(name) ?? createLane<P>(name, (key) => this.#entries.get(key));
    this.#lanes.set(name, lane);
    return lane;
  }

  #hasItsShare({ running }: Lane<P>): boolean {
    const { laneOf, maxInFlight } = this.#options;
    return laneOf !== undefined && running >= maxInFlight - this.#running.size;
  }

  #leaveGroup({ plan: { group, key } }: Entry<P>): void {
    const left = this.#groups.get(group);
    left?.keys.delete(key);
    if (left?.keys.size === 0) this.#groups.delete(group);
  }

  #leaveLane({ plan: { key }, lane }: Entry<P>): void {
    lane.keys.delete(key);
    this.#drop(lane);
  }

  /** One that has nothing and runs nothing is no more. */
  #drop(lane: Lane<P>): void {
    if (lane.keys.size === 0 && lane.running === 0 && this.#lanes.get(lane.name) === lane)
      this.#lanes.delete(lane.name);
  }
}

/** The group's moment of each interval that is nearest to `nowMs + intervalMs`, and never sooner than half of it. */
export function inPhase(nowMs: number, intervalMs: number, group: string): number {
  const phase = fnv1a(group) % intervalMs;
  const earliest = nowMs + intervalMs / 2;
  return Math.ceil((earliest - phase) / intervalMs) * intervalMs + phase;
}
