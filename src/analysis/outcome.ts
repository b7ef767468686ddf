// What is said of a scored window, whoever scored it: a window of which no point got a score is too short, not scored.
import type { AnalysisOutcome } from './contract.ts';

type Scored = Extract<AnalysisOutcome, { ok: true }>;
export type ScoreColumns = Omit<Scored, 'ok'>;

export function refused(message: string): AnalysisOutcome {
  return { ok: false, reason: 'refused', message };
}

export function tooShort(message: string): AnalysisOutcome {
  return { ok: false, reason: 'too-short', message };
}

/** The scores, or `too-short` when there is none among them; `algorithm` and `values` are for the sentence. */
export function outcomeOf(columns: ScoreColumns, algorithm: string, values: Float64Array): AnalysisOutcome {
  for (const score of columns.scores) if (!Number.isNaN(score)) return { ok: true, ...columns };
  const measured = values.reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0);
  return tooShort(
    `${measured} ${measured === 1 ? 'point has' : 'points have'} a value (of ${values.length}): too few for ${algorithm}`,
  );
}
