// The order of the writer's work. First come, first served; appends that wait together are stored together; long work is
// cut into steps and goes to the end of the queue between two of them, so that appends get their turn.
import { AppError } from '#kit/errors.ts';
import type { AppendResult } from '../contract.ts';
import type { WireBatch } from './protocol.ts';

/** What shares a transaction at most. */
const GROUP_BATCHES = 64;
const GROUP_POINTS = 100_000;
/** How long nothing must come before the tail is tidied up. */
const IDLE_MS = 250;

export interface JobHandlers {
  /** One outcome for each batch; does not throw. */
  append(batches: readonly WireBatch[]): readonly (AppendResult | AppError)[];
  /** Has a turn of its own, after the appends were answered. */
  afterAppend(points: number): void;
  /** One piece of work; returns whether there is more. */
  whenIdle(): boolean;
}

export interface JobQueue {
  append(batch: WireBatch): Promise<AppendResult>;
  /** Runs the work step by step, a `next` each; resolves with what it returns. */
  run<Result>(work: () => Generator<void, Result>): Promise<Result>;
  /** Resolves when nothing waits any more; afterwards nothing is started. */
  end(): Promise<void>;
}

interface AppendJob {
  readonly batch: WireBatch;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: AppError) => void;
}

/** One step of some work; true when there is more to do. */
type Step = () => boolean;
type Job = AppendJob | Step;

export function createJobQueue(handlers: JobHandlers): JobQueue {
  const jobs: Job[] = [];
  let idle: NodeJS.Timeout | undefined;
  let scheduled = false;
  let ended = false;
  /** Points appended since `afterAppend` last had its turn. */
  let owed = 0;

  const schedule = () => {
    clearTimeout(idle);
    if (scheduled) return;
    scheduled = true;
    setImmediate(pump);
  };
  const pump = () => {
    scheduled = false;
    if (owed > 0) handlers.afterAppend(owed);
    owed = 0;
    const group = takeAppends(jobs);
    if (group.length > 0) owed = appendGroup(handlers, group);
    else {
      const step = jobs.shift();
      if (typeof step === 'function' && step()) jobs.push(step);
    }
    if (jobs.length > 0 || owed > 0) schedule();
    else if (!ended) idle = setTimeout(tidy, IDLE_MS).unref();
  };
  const tidy = () => {
    if (handlers.whenIdle()) idle = setTimeout(tidy, 0).unref();
  };
  const add = (job: Job) => {
    jobs.push(job);
    schedule();
  };

  return {
    append: (batch) => new Promise((resolve, reject) => add({ batch, resolve, reject })),
    run: (work) => new Promise((resolve, reject) => add(stepsOf(work, resolve, reject))),
    end: () =>
      new Promise((resolve) =>
        add(() => {
          if (jobs.length > 0) return true;
          ended = true;
          resolve();
          return false;
        }),
      ),
  };
}

/** Appends at the head of the queue, as many as may share a transaction. */
function takeAppends(jobs: Job[]): AppendJob[] {
  const group: AppendJob[] = [];
  let points = 0;
  for (let job = jobs[0]; job !== undefined && typeof job !== 'function'; job = jobs[0]) {
    points += job.batch.scores.tracks.length;
    if (group.length === GROUP_BATCHES || (group.length > 0 && points > GROUP_POINTS)) break;
    group.push(job);
    jobs.shift();
  }
  return group;
}

/** Stores the batches and answers each; returns how many points they held. */
function appendGroup(handlers: JobHandlers, group: readonly AppendJob[]): number {
  const outcomes = handlers.append(group.map((job) => job.batch));
  group.forEach(({ batch, resolve, reject }, index) => {
    const outcome = outcomes[index] ?? new AppError('internal', `batch ${batch.key} got no answer`);
    if (outcome instanceof AppError) reject(outcome);
    else resolve(outcome);
  });
  return group.reduce((sum, { batch }) => sum + batch.scores.tracks.length, 0);
}

function stepsOf<Result>(
  work: () => Generator<void, Result>,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): Step {
  let steps: Generator<void, Result> | undefined;
  return () => {
    try {
      steps ??= work();
      const next = steps.next();
      if (next.done !== true) return true;
      resolve(next.value);
    } catch (error) {
      reject(error);
    }
    return false;
  };
}
