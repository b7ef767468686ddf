// What this product says of the series, in process: the method's own stepping, then its own guards and episodes.
import type { Algorithm, Scores } from '#detect/contract.ts';
import { ALGORITHMS, createJudge } from '#detect/index.ts';
import { completeParams } from '#detect/settings.ts';
import { onlineOf } from '#detect/windowed.ts';
import type { Plan } from '#model/plan.ts';
import { emptyScore, FLAG } from '#model/score.ts';
import { METRIC, type Watched } from './cases.ts';

export const FIGURES = ['score', 'expected', 'lower', 'upper', 'anomalous'] as const;

export type Reference = Readonly<Record<(typeof FIGURES)[number], Float64Array>>;

export interface Judged {
  readonly reference: Reference;
  /** Points whose score is that of a stepping with no bound on how far it reaches back, within 1e-9. */
  readonly asStepped: number;
  readonly scored: number;
}

/** With a memory that reaches back so many points' time, gaps included; the rules' is as long. */
export function judgeSeries(plan: Plan, { pod, values }: Watched, stepMs: number, reachPoints: number): Judged {
  const stepped = scoresOf(plan, values, Number.POSITIVE_INFINITY, stepMs);
  const bounded = Number.isFinite(reachPoints) ? scoresOf(plan, values, reachPoints, stepMs) : stepped;
  const timesMs = Float64Array.from(values, (_, index) => index * stepMs);
  const labels = { __name__: METRIC, namespace: 'shop', pod };
  // As the flow does it: each point is seen when it is measured.
  const judge = createJudge({ ...plan, selector: {} });
  const anomalous = Float64Array.from(values, (value, index) => {
    const upTo = <C extends Float64Array>(column: C) => column.slice(index, index + 1);
    const { scores } = judge.take({
      ...{ key: pod, labels, stepMs, timesMs: upTo(timesMs), values: upTo(values), seenMs: index * stepMs },
      ...{ scores: upTo(bounded.scores), expected: upTo(bounded.expected) },
      ...{ lower: upTo(bounded.lower), upper: upTo(bounded.upper) },
    });
    return Number.isNaN(value) ? Number.NaN : Number(((scores.flags[0] ?? 0) & FLAG.findingOpen) !== 0);
  });
  const { scores: score, expected, lower, upper } = bounded;
  const scored = score.filter((one) => !Number.isNaN(one)).length;
  const asStepped = score.filter((one, index) => Math.abs(one - (stepped.scores[index] ?? Number.NaN)) <= 1e-9).length;
  return { reference: { score, expected, lower, upper, anomalous }, asStepped, scored };
}

/** Of points that are one step apart. */
export function scoresOf(plan: Plan, values: Float64Array, reachPoints: number, stepMs: number): Scores {
  const known: Readonly<Record<string, Algorithm>> = ALGORITHMS;
  const algorithm = known[plan.algorithm];
  if (algorithm === undefined) throw new Error(`no algorithm "${plan.algorithm}"`);
  const parameters = completeParams(algorithm.params, plan.parameters);
  const online = onlineOf(algorithm.create(parameters, { stepMs }), parameters, stepMs);
  const filled = () => new Float64Array(values.length).fill(Number.NaN);
  const columns = { scores: filled(), expected: filled(), lower: filled(), upper: filled() };
  const out = emptyScore();
  const startAt = (index: number) => {
    const from = Math.max(0, index - reachPoints);
    const timesMs = Float64Array.from({ length: index - from }, (_, at) => (from + at) * stepMs);
    return online.start({ stepMs, timesMs, values: values.subarray(from, index) });
  };
  let state = startAt(0);
  for (const [index, value] of values.entries()) {
    if (Number.isFinite(reachPoints)) state = startAt(index);
    online.step(state, index * stepMs, value, out);
    columns.scores[index] = out.score;
    columns.expected[index] = out.expected;
    columns.lower[index] = out.lower;
    columns.upper[index] = out.upper;
  }
  return columns;
}
