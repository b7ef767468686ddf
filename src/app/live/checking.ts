// Checks of declared detectors, wired: scheduler → window → analyser → judge → store. What it needs of a cluster is passed in.
import type { Analyser } from '#analysis/contract.ts';
import { evaluateGuards } from '#detect/guards.ts';
import { createJudge } from '#detect/index.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Labels } from '#model/series.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import { createScheduler, type Scheduler, type SchedulerStats } from '#pipeline/scheduler.ts';
import { createWindowCheck, type WindowCheckStats } from '#pipeline/window-check.ts';
import type { WindowOutcome, WindowPlan } from '#pipeline/window-plan.ts';
import type { WindowSource } from '#pipeline/window-source.ts';

export interface CheckingOptions {
  readonly windows: WindowSource;
  readonly analyser: Analyser;
  readonly sink: Pick<LiveSink, 'writeRows'>;
  /** Of this process: what it writes has keys of its own. */
  readonly identity: string;
  readonly enrich: (namespace: string, pod: string) => Labels;
  /** Whether this one is to check at all. */
  readonly mayCheck: () => boolean;
  /** Takes the outcomes, and says when each plan wants the next check. */
  settle(
    plans: readonly WindowPlan[],
    outcomes: ReadonlyMap<string, WindowOutcome>,
    dueMs: number,
  ): ReadonlyMap<string, number>;
  /** The wall clock; all that is waited for is so by one that never steps. */
  readonly clock: Clock;
  readonly steadyClock: Clock;
  readonly log: Log;
}

export interface CheckingStats extends SchedulerStats {
  readonly checks: WindowCheckStats;
}

export interface Checking {
  readonly scheduler: Scheduler<WindowPlan>;
  /** It is checked no more: what is open of it is closed. */
  forget(planKey: string): void;
  start(): void;
  stop(): Promise<void>;
  stats(): CheckingStats;
}

/** Queries at once: Prometheus answers twenty by default, and is not ours alone. One namespace has half of them at most. */
const CHECKS_AT_ONCE = 6;
const DETECTORS_A_CHECK = 200;
const RETRY_MS = 300_000;
/** After a check, before pods that come and go are reason for another. */
const PAUSE_MS = 5000;
const MOST_SERIES = 20_000;
const CHECK_MS = 30_000;

export function createChecking(options: CheckingOptions): Checking {
  const { windows, analyser, sink, identity, enrich, clock, steadyClock, log } = options;
  let written = 0;
  const check = createWindowCheck({
    ...{ source: windows, clock, steadyClock, createJudge, analyser, guards: evaluateGuards, enrich },
    ...{ maxSeries: MOST_SERIES, timeoutMs: CHECK_MS },
    // Several checks may write in one millisecond, and nothing but findings: only a number tells them apart.
    write: (rows, seenMs) => sink.writeRows(rows, seenMs, `${identity}@${written++}`),
    onTrouble: (error) => log.warn({ err: error }, 'findings of detectors that are gone are not closed yet'),
  });
  const scheduler = createScheduler<WindowPlan>({
    ...{ clock: steadyClock, maxInFlight: CHECKS_AT_ONCE },
    ...{ maxMerged: DETECTORS_A_CHECK, retryMs: RETRY_MS, pauseMs: PAUSE_MS },
    laneOf: ({ namespace }) => namespace,
    isUrgent: (before, after) => before.generation !== after.generation,
    async run(plans, signal, dueMs) {
      if (!options.mayCheck()) return new Map(plans.map(({ key }) => [key, 1000]));
      const outcomes = await check.check(plans, signal);
      return options.settle(plans, outcomes, dueMs);
    },
    onError: (error, plans) => log.error({ err: error, detectors: plans.length }, 'a check failed'),
  });
  return {
    scheduler,
    forget: (planKey) => check.forget(planKey),
    start: () => scheduler.start(),
    async stop() {
      await scheduler.stop();
      await check.stop();
    },
    stats: () => ({ ...scheduler.stats(), checks: check.stats() }),
  };
}
