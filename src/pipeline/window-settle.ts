// Judges what was scored, a detector at a time: what one throws is that one's outcome. Others of this process may run in
// between, because a check of many series takes seconds.
import { setImmediate as turn } from 'node:timers/promises';
import type { AnalysisOutcome } from '#analysis/contract.ts';
import type { GivenScores, JudgeOutput } from '#detect/contract.ts';
import { seriesKey } from '#model/series.ts';
import type { Judging } from './judges.ts';
import { type Silences, silenceBoundMs, silenceKey, silencePoint } from './silence.ts';
import type { WindowCheckDeps } from './window-check.ts';
import type { WindowJob } from './window-job.ts';
import { createOutcome, type OutcomeBuilder } from './window-outcome.ts';
import type { WindowOutcome, WindowPlan } from './window-plan.ts';
import { createWindowRows, type WindowRows } from './window-rows.ts';

export interface ScoredWindows {
  readonly plans: readonly WindowPlan[];
  readonly jobs: readonly WindowJob[];
  /** One for each job. */
  readonly scored: readonly AnalysisOutcome[];
  readonly checkedMs: number;
  /** Begin of the window. */
  readonly startMs: number;
}

interface Scored extends WindowJob {
  readonly outcome: AnalysisOutcome;
}

type JudgeDeps = Pick<WindowCheckDeps, 'guards' | 'source' | 'steadyClock'> & { readonly silences: Silences };

const SLICE_MS = 10;
const LEFT_OUT: AnalysisOutcome = { ok: false, reason: 'refused', message: 'the analyser left it out' };

/** Rows to be stored, and an outcome for each plan that is still there. */
export async function judgeWindows(
  deps: JudgeDeps,
  judging: Judging,
  { plans, jobs, scored, checkedMs, startMs }: ScoredWindows,
): Promise<{ readonly rows: WindowRows; readonly outcomes: ReadonlyMap<string, WindowOutcome> }> {
  const byPlan = new Map<string, Scored[]>(plans.map(({ key }) => [key, []]));
  jobs.forEach((job, index) => {
    byPlan.get(job.plan.key)?.push({ ...job, outcome: scored[index] ?? LEFT_OUT });
  });
  const rows = createWindowRows(deps.guards);
  const outcomes = new Map<string, WindowOutcome>();
  const rest = createRests(deps);
  for (const plan of plans) {
    const told = createOutcome(plan, checkedMs, deps);
    try {
      const judged = await judgePlan(judging, byPlan.get(plan.key) ?? [], told, checkedMs, rest);
      if (judging.isGone(plan)) {
        judging.undo(plan);
        continue;
      }
      const closed = judging.finish(plan, checkedMs, startMs);
      for (const { given, output } of judged) rows.add(plan, given, output, judging.verdicts(plan));
      rows.addFindings(closed);
      const confirmedMs = confirmedTimes(judged.map(({ output }) => output));
      outcomes.set(plan.key, withSilence(deps, judging, plan, told.finish(confirmedMs), rows));
    } catch (error) {
      judging.undo(plan);
      const message = error instanceof Error ? error.message : String(error);
      outcomes.set(plan.key, { kind: 'failed', checkedMs, code: 'internal', message });
    }
  }
  return { rows, outcomes };
}

/** When the findings were confirmed that these changed, each once. */
function confirmedTimes(outputs: readonly JudgeOutput[]): number[] {
  const times = new Map<string, number>();
  for (const { findings } of outputs) for (const { id, confirmedMs } of findings) times.set(id, confirmedMs);
  return [...times.values()];
}

/** The outcome, with what the plan's silence is: too long a one is judged, and its rows are stored with the others. */
function withSilence(
  { silences }: Pick<JudgeDeps, 'silences'>,
  judging: Judging,
  plan: WindowPlan,
  outcome: WindowOutcome,
  rows: WindowRows,
): WindowOutcome {
  const ageMs = silences.ageMs(plan, outcome);
  if (outcome.kind === 'failed') return outcome;
  const isSilent = ageMs !== undefined && ageMs > silenceBoundMs(plan);
  if (!isSilent && !judging.isOpen(silenceKey(plan.key))) return outcome;
  const point = silencePoint(plan, ageMs ?? 0, outcome.checkedMs);
  judging.join(point.plan);
  if (ageMs !== undefined) {
    const output = judging.take(point.plan, point.given);
    rows.add(point.plan, point.given, output, judging.verdicts(point.plan));
  }
  // What is open of another spec's silence is not found again, and ends here.
  rows.addFindings(judging.finish(point.plan, outcome.checkedMs, outcome.checkedMs));
  return isSilent
    ? { ...outcome, silent: { metricName: plan.plan.metricName, sinceMs: outcome.checkedMs - ageMs } }
    : outcome;
}

interface Judged {
  readonly given: GivenScores;
  readonly output: JudgeOutput;
}

async function judgePlan(
  judging: Judging,
  scored: readonly Scored[],
  told: OutcomeBuilder,
  seenMs: number,
  rest: () => Promise<unknown> | undefined,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const { plan, pod, labels, fetched, denominators, outcome } of scored) {
    await rest();
    if (judging.isGone(plan)) break;
    if (!outcome.ok) {
      told.add(pod, fetched, outcome, denominators);
      continue;
    }
    const { timesMs, values } = fetched;
    const series = { key: seriesKey(labels), labels, stepMs: plan.stepMs, timesMs, values };
    const given = { ...outcome, ...series, ...(denominators && { denominators }), seenMs };
    const output = judging.take(plan, given);
    told.add(pod, fetched, outcome, denominators, output.openSinceMs !== undefined);
    judged.push({ given, output });
  }
  return judged;
}

/** A turn for the others when it has been long enough since the last. */
function createRests({ steadyClock }: JudgeDeps): () => Promise<unknown> | undefined {
  let beganMs = steadyClock.nowMs();
  return () => {
    if (steadyClock.nowMs() - beganMs < SLICE_MS) return undefined;
    return turn().then(() => {
      beganMs = steadyClock.nowMs();
    });
  };
}
