// The judges of the detectors that are being checked. A judge remembers what it judged; when that could not be stored it
// is forgotten, and a new one judges the whole window again at the next check: rows and findings have the same names then,
// so that nothing is stored twice.
import type { GivenScores, Judge, JudgeFactory, StepOutput } from '#detect/contract.ts';
import type { Finding } from '#model/finding.ts';
import { createVerdicts, type Verdicts } from './verdicts.ts';
import type { WindowPlan } from './window-plan.ts';

export interface Judges {
  /** One check's judging. */
  begin(): Judging;
  forget(key: string): void;
}

export interface Judging {
  take(plan: WindowPlan, given: GivenScores): StepOutput;
  /** What was last said of the detector's newest points. */
  verdicts(plan: WindowPlan): Verdicts;
  advance(plan: WindowPlan, seenMs: number): readonly Finding[];
  undo(): void;
}

export function createJudges(createJudge: JudgeFactory): Judges {
  const judges = new Map<string, { readonly generation: number; readonly judge: Judge; readonly verdicts: Verdicts }>();
  const memoryOf = (plan: WindowPlan) => {
    const known = judges.get(plan.key);
    // Another generation has other guards: it begins anew.
    if (known?.generation === plan.generation) return known;
    const memory = { generation: plan.generation, judge: createJudge(plan.plan), verdicts: createVerdicts() };
    judges.set(plan.key, memory);
    return memory;
  };
  return {
    begin() {
      const touched = new Set<string>();
      return {
        take(plan, given) {
          touched.add(plan.key);
          return memoryOf(plan).judge.take(given);
        },
        verdicts: (plan) => memoryOf(plan).verdicts,
        advance: (plan, seenMs) => (judges.has(plan.key) ? memoryOf(plan).judge.advance(seenMs) : []),
        undo() {
          for (const key of touched) judges.delete(key);
        },
      };
    },
    forget: (key) => judges.delete(key),
  };
}
