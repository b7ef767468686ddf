// One check of the detectors that share a query:
//
//   source → series by pod → windows scored by an analyser → guards and episodes → store → an outcome a detector
//
// A part of an answer is never scored as the whole: any failure of the source or the store fails the check, and the window
// is asked for again. What one detector's series cannot be scored for, or are too many for, is that detector's outcome alone.
import type { Analyser } from '#analysis/contract.ts';
import type { JudgeFactory } from '#detect/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Finding } from '#model/finding.ts';
import type { Labels } from '#model/series.ts';
import { type Closings, createClosings } from './closings.ts';
import { createJudges, type Judges, type Judging } from './judges.ts';
import { createSilences, type Silences } from './silence.ts';
import { askBeneath, withBeneath } from './window-beneath.ts';
import { jobsOf, toAnalysisJob, type WindowJob } from './window-job.ts';
import { type Guard, overBudget, type WindowOutcome, type WindowPlan } from './window-plan.ts';
import { createWindowRows, type WindowRows } from './window-rows.ts';
import { judgeWindows } from './window-settle.ts';
import type { WindowSource } from './window-source.ts';

export interface WindowCheckDeps {
  readonly source: WindowSource;
  readonly analyser: Analyser;
  readonly createJudge: JudgeFactory;
  /** Bits of FLAG that the guards give a point without persistence. */
  readonly guards: Guard;
  /** Durable when it resolves. */
  readonly write: (rows: WindowRows, seenMs: number) => Promise<void>;
  /** The wall clock, for a source that tells no time; deadlines and pauses are those of one that never steps. */
  readonly clock: Clock;
  readonly steadyClock: Clock;
  /** Labels that the cluster knows of a pod and the metric does not carry, such as its service. */
  readonly enrich: (namespace: string, pod: string) => Labels;
  /** Of one check, all that is asked for it together. */
  readonly maxSeries: number;
  readonly timeoutMs: number;
  /** Told of what could not be closed yet. */
  onTrouble?(error: unknown): void;
}

export interface WindowCheckStats {
  /** Detectors that were checked, and of those the failed. */
  readonly checked: number;
  readonly failed: number;
  /** Of the failed: refused because they have more series than one check may hold. */
  readonly tooMuch: number;
  /** Findings that nobody checks any more and that are not closed yet. */
  readonly closing: number;
}

export interface WindowCheck {
  /** An outcome for each plan, by key. Plans are of one group. */
  check(plans: readonly WindowPlan[], signal: AbortSignal): Promise<ReadonlyMap<string, WindowOutcome>>;
  /** Forgets what is known of a detector that is not checked any more, and closes what is open of it. */
  forget(key: string): void;
  stats(): WindowCheckStats;
  stop(): Promise<void>;
}

interface Asking {
  readonly judging: Judging;
  readonly silences: Silences;
  readonly signal: AbortSignal;
  /** Nothing is asked for later; of the steady clock. */
  readonly untilMs: number;
}

export function createWindowCheck(deps: WindowCheckDeps): WindowCheck {
  return new GroupCheck(deps);
}

class GroupCheck implements WindowCheck {
  readonly #deps: WindowCheckDeps;
  readonly #judges: Judges;
  readonly #closings: Closings;
  readonly #silences = createSilences();
  /** Keys of those that were too much by themselves: they are asked for alone, so that the others need not be split. */
  readonly #dear = new Set<string>();
  readonly #counts = { checked: 0, failed: 0, tooMuch: 0 };

  constructor(deps: WindowCheckDeps) {
    this.#deps = deps;
    this.#judges = createJudges(deps.createJudge);
    this.#closings = createClosings({
      clock: deps.steadyClock,
      write: (closed) => writeFindings(deps, closed),
      onFailure: (error) => deps.onTrouble?.(error),
    });
  }

  async check(plans: readonly WindowPlan[], signal: AbortSignal): Promise<ReadonlyMap<string, WindowOutcome>> {
    const { clock, steadyClock, timeoutMs } = this.#deps;
    const judging = this.#judges.begin(plans);
    const asking = { judging, silences: this.#silences, signal, untilMs: steadyClock.nowMs() + timeoutMs };
    const outcomes = new Map<string, WindowOutcome>();
    const cheap = plans.filter(({ key }) => !this.#dear.has(key));
    const alone = plans.filter(({ key }) => this.#dear.has(key)).map((plan) => [plan]);
    try {
      for (const some of [cheap, ...alone]) await this.#checkSome(some, asking, outcomes);
    } finally {
      this.#closings.add(judging.commit(clock.nowMs()));
    }
    for (const { key } of plans) if (outcomes.get(key)?.kind !== 'failed') this.#dear.delete(key);
    this.#count(outcomes);
    return outcomes;
  }

  forget(key: string): void {
    this.#dear.delete(key);
    this.#silences.forget(key);
    this.#closings.add(this.#judges.forget(key, this.#deps.clock.nowMs()));
  }

  stats(): WindowCheckStats {
    return { ...this.#counts, closing: this.#closings.waiting };
  }

  stop(): Promise<void> {
    return this.#closings.stop();
  }

  /** Adds an outcome for each. */
  async #checkSome(plans: readonly WindowPlan[], asking: Asking, outcomes: Map<string, WindowOutcome>): Promise<void> {
    const [first] = plans;
    if (first === undefined) return;
    try {
      const isDear = this.#dear.has(first.key);
      const some = await checkTogether(this.#deps, plans, first, { ...asking, isDear });
      for (const [key, outcome] of some) outcomes.set(key, outcome);
    } catch (error) {
      for (const plan of plans) asking.judging.undo(plan);
      if (asking.signal.aborted) throw error;
      const isTooMuch = error instanceof AppError && error.code === 'too-much';
      if (isTooMuch && plans.length > 1) {
        // One of them is, or all together are: the others are not to suffer from it.
        const half = Math.ceil(plans.length / 2);
        for (const some of [plans.slice(0, half), plans.slice(half)]) await this.#checkSome(some, asking, outcomes);
        return;
      }
      if (isTooMuch) this.#dear.add(first.key);
      const failed: WindowOutcome = { kind: 'failed', checkedMs: this.#deps.clock.nowMs(), ...reasonOf(error) };
      for (const { key } of plans) outcomes.set(key, failed);
    }
  }

  #count(outcomes: ReadonlyMap<string, WindowOutcome>): void {
    const counts = this.#counts;
    for (const outcome of outcomes.values()) {
      counts.checked++;
      if (outcome.kind !== 'failed') continue;
      counts.failed++;
      if (outcome.code === 'too-much') counts.tooMuch++;
    }
  }
}

async function checkTogether(
  deps: WindowCheckDeps,
  plans: readonly WindowPlan[],
  { namespace, stepMs, windowMs, plan: { metricName, query, isCounter } }: WindowPlan,
  { judging, silences, signal, untilMs, isDear }: Asking & { readonly isDear: boolean },
): Promise<ReadonlyMap<string, WindowOutcome>> {
  const checkedMs = (await deps.source.nowMs?.(signal)) ?? deps.clock.nowMs();
  // The newest step may still be filling.
  const endMs = Math.floor(checkedMs / stepMs) * stepMs - stepMs;
  const startMs = endMs - windowMs + stepMs;
  const pods = [...new Set(plans.flatMap((one) => [...one.pods]))].sort();
  const limits = () => {
    const leftMs = untilMs - deps.steadyClock.nowMs();
    if (leftMs <= 0) throw isLate(deps);
    return { maxSeries: deps.maxSeries, timeoutMs: leftMs, signal };
  };
  const range = { namespace, pods, startMs, endMs, stepMs };
  const fetched = await deps.source.window(
    {
      ...{ ...range, metricName },
      ...(query !== undefined && { query }),
      ...(isCounter !== undefined && { isCounter }),
      ...(isDear && { isDear }),
    },
    limits(),
  );
  const beneath = await askBeneath(deps.source, plans, range, limits);
  const { jobs: found, over } = withinBudgets(plans, checkedMs, (plan) => jobsOf(plan, fetched, deps.enrich));
  const jobs = found.map((job) => withBeneath(job, beneath));
  const scored = await deps.analyser.analyse(jobs.map(toAnalysisJob), signal);
  const within = plans.filter(({ key }) => !over.has(key));
  const windows = { plans: within, jobs, scored, checkedMs, startMs };
  const { rows, outcomes } = await judgeWindows({ ...deps, silences }, judging, windows);
  if (!rows.isEmpty) await deps.write(rows, checkedMs);
  return new Map([...outcomes, ...over]);
}

/** The series of the plans that have no more than they may; the others are over their budget. */
function withinBudgets(
  plans: readonly WindowPlan[],
  checkedMs: number,
  jobsOfPlan: (plan: WindowPlan) => readonly WindowJob[],
) {
  const jobs: WindowJob[] = [];
  const over = new Map<string, WindowOutcome>();
  for (const plan of plans) {
    const own = jobsOfPlan(plan);
    const left = plan.seriesLeft?.() ?? Number.POSITIVE_INFINITY;
    if (own.length > left) over.set(plan.key, overBudget(checkedMs, plan.plan.metricName, own.length, left));
    else for (const job of own) jobs.push(job);
  }
  return { jobs, over };
}

function writeFindings({ guards, write, clock }: WindowCheckDeps, closed: readonly Finding[]): Promise<void> {
  const rows = createWindowRows(guards);
  rows.addFindings(closed);
  return write(rows, clock.nowMs());
}

function isLate({ timeoutMs }: WindowCheckDeps): AppError {
  return new AppError('unavailable', `the check did not end within ${timeoutMs} ms`, { retryable: true });
}

function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
