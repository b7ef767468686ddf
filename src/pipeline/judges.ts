// The judges of the detectors that are being checked, and which of their findings the store has open. A judge remembers what
// it judged; when that could not be stored it is dropped, and a new one judges the whole window again at the next check:
// rows and findings have the same names then, so that nothing is stored twice. Whatever becomes of a judge, what the store
// has open and the next one does not find again is closed.
import type { GivenScores, Judge, JudgeFactory, JudgeOutput } from '#detect/contract.ts';
import type { Finding } from '#model/finding.ts';
import { closedAt } from './orphans.ts';
import { silenceKey } from './silence.ts';
import { createVerdicts, type Verdicts } from './verdicts.ts';
import type { WindowPlan } from './window-plan.ts';

export interface Judges {
  /** Begins one check's judging of these plans; before it asks for anything, so that it notices which go meanwhile. */
  begin(plans: readonly WindowPlan[]): Judging;
  /** Forgets a detector that is not checked any more; returns what the store has open of it, closed. */
  forget(key: string, nowMs: number): readonly Finding[];
}

export interface Judging {
  /** Judges this one too: what is said of a plan that was begun (`silenceKey`), and shares its fate. */
  join(plan: WindowPlan): void;
  /** Whether the store has something open of it. */
  isOpen(key: string): boolean;
  /** Whether the detector was forgotten since the judging began. */
  isGone(plan: WindowPlan): boolean;
  take(plan: WindowPlan, given: GivenScores): JudgeOutput;
  /** What was last said of the detector's newest points. */
  verdicts(plan: WindowPlan): Verdicts;
  /** After all its series: what closes because they fell silent, or was not found again. `fromMs`: the window's begin. */
  finish(plan: WindowPlan, seenMs: number, fromMs: number): readonly Finding[];
  /** What was judged of the plan is not used: the next check judges it again. */
  undo(plan: WindowPlan): void;
  /** What was not undone is stored; returns what is open of detectors that were forgotten meanwhile, closed. */
  commit(nowMs: number): readonly Finding[];
}

interface Memory {
  generation: number;
  /** Undefined: the next one begins anew. */
  judge: { readonly judge: Judge; readonly verdicts: Verdicts } | undefined;
  /** What the judge has open. */
  readonly open: Set<string>;
  /** What the store has open. */
  readonly stored: Map<string, Finding>;
}

export function createJudges(createJudge: JudgeFactory): Judges {
  const memories = new Map<string, Memory>();

  function memoryOf({ key, generation }: WindowPlan): Memory {
    const memory = memories.get(key) ?? { generation, judge: undefined, open: new Set(), stored: new Map() };
    memories.set(key, memory);
    // Another generation has other guards: its judge begins anew.
    if (memory.generation !== generation) dropJudge(memory);
    memory.generation = generation;
    return memory;
  }

  return {
    begin(plans) {
      const begun = new Map(plans.map((plan) => [plan.key, memoryOf(plan)]));
      const isGone = (key: string) => memories.get(key) !== begun.get(key);
      const join = (plan: WindowPlan) => void begun.set(plan.key, memoryOf(plan));
      const isOpen = (key: string) => (memories.get(key)?.stored.size ?? 0) > 0;
      return { ...createJudging(begun, createJudge, isGone), join, isOpen };
    },
    forget(key, nowMs) {
      const stored = [key, silenceKey(key)].flatMap((one) => {
        const open = memories.get(one)?.stored.values() ?? [];
        memories.delete(one);
        return [...open];
      });
      return stored.map((finding) => closedAt(finding, nowMs));
    },
  };
}

function createJudging(
  begun: ReadonlyMap<string, Memory>,
  createJudge: JudgeFactory,
  isGone: (key: string) => boolean,
): Omit<Judging, 'join' | 'isOpen'> {
  /** Findings of each plan that changed, as they now are. */
  const changed = new Map<string, Map<string, Finding>>();
  const judgeOf = (plan: WindowPlan) => {
    const memory = begun.get(plan.key);
    if (memory === undefined) throw new Error('unreachable: only what was begun is judged');
    memory.judge ??= { judge: createJudge(plan.plan), verdicts: createVerdicts() };
    return { ...memory, ...memory.judge };
  };
  const note = ({ key }: WindowPlan, findings: readonly Finding[]): void => {
    const of = changed.get(key) ?? new Map<string, Finding>();
    changed.set(key, of);
    const open = begun.get(key)?.open;
    for (const finding of findings) {
      of.set(finding.id, finding);
      if (finding.closedMs === undefined) open?.add(finding.id);
      else open?.delete(finding.id);
    }
  };
  return {
    isGone: ({ key }) => isGone(key),
    take(plan, given) {
      const output = judgeOf(plan).judge.take(given);
      note(plan, output.findings);
      return output;
    },
    verdicts: (plan) => judgeOf(plan).verdicts,
    finish(plan, seenMs, fromMs) {
      const { judge, verdicts, open, stored } = judgeOf(plan);
      const silent = judge.advance(seenMs);
      note(plan, silent);
      judge.forgetBefore(fromMs);
      verdicts.forgetBefore(fromMs);
      const found = changed.get(plan.key);
      const lost = [...stored.values()].filter(({ id }) => !open.has(id) && found?.has(id) !== true);
      const closed = lost.map((finding) => closedAt(finding, seenMs));
      note(plan, closed);
      return [...silent, ...closed];
    },
    undo(plan) {
      for (const key of [plan.key, silenceKey(plan.key)]) {
        changed.delete(key);
        const memory = begun.get(key);
        if (memory !== undefined) dropJudge(memory);
      }
    },
    commit(nowMs) {
      const left: Finding[] = [];
      for (const [key, findings] of changed) {
        for (const finding of findings.values()) {
          if (finding.closedMs !== undefined) begun.get(key)?.stored.delete(finding.id);
          else if (isGone(key)) left.push(closedAt(finding, nowMs));
          else begun.get(key)?.stored.set(finding.id, finding);
        }
      }
      return left;
    },
  };
}

/** What the store has open stays known. */
function dropJudge(memory: Memory): void {
  memory.judge = undefined;
  memory.open.clear();
}
