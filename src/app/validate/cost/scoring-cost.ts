// How much CPU a sample takes to score, measured here and now: another machine, and another length of the window, has another
// figure, so that no table could say it.
import type { Algorithm } from '#detect/contract.ts';
import { completeParams } from '#detect/settings.ts';
import type { Plan } from '#model/plan.ts';
import type { Series } from '#model/series.ts';
import { createRng } from '#stats/rng.ts';

/** What is measured is measured for so long; as long again before, so that the compiler has done its work. */
const MEASURE_MS = 60;
/** Longer windows have the cost of this one, a sample. */
const MOST_POINTS = 11_000;
const LEAST_POINTS = 10;

/** `cpuMs` is the CPU that this process has used so far. */
export function createScoringCost(
  algorithms: Readonly<Record<string, Algorithm>>,
  cpuMs: () => number,
): (plan: Pick<Plan, 'algorithm' | 'parameters'>, points: number, stepMs: number) => number {
  const known = new Map<string, number>();
  return ({ algorithm, parameters }, wanted, stepMs) => {
    const points = Math.min(MOST_POINTS, Math.max(LEAST_POINTS, wanted));
    const key = JSON.stringify([algorithm, parameters, points, stepMs]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const method = algorithms[algorithm];
    if (method === undefined) return Number.NaN;
    const scorer = method.create(completeParams(method.params, parameters), { stepMs });
    const series = madeSeries(points, stepMs);
    measure(() => scorer.score(series), cpuMs);
    const perSampleMs = measure(() => scorer.score(series), cpuMs) / points;
    known.set(key, perSampleMs);
    return perSampleMs;
  };
}

/** Milliseconds for one time. */
function measure(work: () => unknown, cpuMs: () => number): number {
  const startMs = cpuMs();
  for (let times = 1; ; times++) {
    work();
    const tookMs = cpuMs() - startMs;
    if (tookMs >= MEASURE_MS) return tookMs / times;
  }
}

/** Noise on a wave: neither a constant nor without a shape, which some methods are done with sooner. */
function madeSeries(points: number, stepMs: number): Series {
  const rng = createRng(1);
  const timesMs = Float64Array.from({ length: points }, (_, index) => index * stepMs);
  const values = Float64Array.from({ length: points }, (_, index) => Math.sin(index / 20) + rng.normal());
  return { stepMs, timesMs, values };
}
