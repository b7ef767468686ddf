// The judges of the detectors that are being checked. A judge remembers what it judged; when that could not be stored it
// is forgotten, and a new one judges the whole window again at the next check: rows and findings have the same names then,
// so that nothing is stored twice.
import type { GivenScores, Judge, JudgeFactory, StepOutput } from '#detect/contract.ts';
import type { Finding } from '#model/finding.ts';
import type { WindowPlan } from './window-plan.ts';

export interface Judges {
  /** One check's judging. */
  begin(): Judging;
  forget(key: string): void;
}

export interface Judging {
  take(plan: WindowPlan, given: GivenScores): StepOutput;
  advance(plan: WindowPlan, seenMs: number): readonly Finding[];
  undo(): void;
}

export function createJudges(createJudge: JudgeFactory): Judges {
  const judges = new Map<string, { readonly generation: number; readonly judge: Judge }>();
  const judgeOf = (plan: WindowPlan): Judge => {
    const known = judges.get(plan.key);
    // Another generation has other guards: it begins anew.
    if (known?.generation === plan.generation) return known.judge;
    const judge = createJudge(plan.plan);
    judges.set(plan.key, { generation: plan.generation, judge });
    return judge;
  };
  return {
    begin() {
      const touched = new Set<string>();
      return {
        take(plan, given) {
          touched.add(plan.key);
          return judgeOf(plan).take(given);
        },
        advance: (plan, seenMs) => (judges.has(plan.key) ? judgeOf(plan).advance(seenMs) : []),
        undo() {
          for (const key of touched) judges.delete(key);
        },
      };
    },
    forget: (key) => judges.delete(key),
  };
}
