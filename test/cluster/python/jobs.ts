// Windows whose scores are known.
import type { AnalysisJob, AnalysisOutcome } from '#analysis/contract.ts';
import { zScore } from '#detect/z-score.ts';
import { createRng } from '#stats/rng.ts';

/** Windows of 60 points; others for another seed. */
export function makeJobs(count: number, seed: number, points = 60): AnalysisJob[] {
  const rng = createRng(seed + 1);
  return Array.from({ length: count }, (_, row) => {
    const timesMs = Float64Array.from({ length: points }, (_, index) => 1_760_000_000_000 + index * 60_000);
    const values = timesMs.map(() => 50 + 10 * rng.normal());
    const series = { stepMs: 60_000, timesMs, values };
    return { metricName: `metric_${row}`, series, algorithm: 'z-score', parameters: {}, threshold: 3 };
  });
}

/** Whether the outcome is what this process computes, within 1e-9. */
export function isRight({ series }: AnalysisJob, outcome: AnalysisOutcome | undefined): boolean {
  if (outcome?.ok !== true || outcome.scores.length !== series.values.length) return false;
  const { scores } = zScore.create({}, { stepMs: series.stepMs }).score(series);
  return scores.every((score, index) => Math.abs(score - (outcome.scores[index] ?? Number.NaN)) <= 1e-9);
}
