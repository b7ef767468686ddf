// Guards decide, not models: a score beyond the threshold becomes an anomalous point only when it passes these. Pure
// functions that every path shares: bits for the hot path, and the same decisions with their figures for the page.
import type { GuardResult } from '#model/finding.ts';
import type { Guards, Plan } from '#model/plan.ts';
import { FLAG } from '#model/score.ts';
import { isMeasured } from './measured.ts';

/** Anomalous points among the last `of`, as persistence counts them. */
export interface Run {
  readonly points: number;
  readonly of: number;
}

/**
 * What the guards say of a point, as bits of FLAG without persistence: 0 is a normal point, `missing` one without a
 * value, `beyondThreshold` alone an anomalous one; more bits name the guards that held it back.
 */
export function evaluateGuards(plan: Plan, value: number, expected: number, score: number): number {
  if (!isMeasured(value)) return FLAG.missing;
  // NaN, a score not yet there, is not beyond anything.
  if (!(Math.abs(score) > plan.threshold)) return 0;
  const { direction, minAbsoluteDeviation, minRelativeDeviation } = plan.guards;
  let flags: number = FLAG.beyondThreshold;
  if (direction === 'above' ? score < 0 : direction === 'below' && score > 0) flags |= FLAG.failedDirection;
  const deviation = Math.abs(value - expected);
  if (deviation < minAbsoluteDeviation) flags |= FLAG.failedAbsolute;
  if (deviation < minRelativeDeviation * Math.abs(expected)) flags |= FLAG.failedRelative;
  if (!withinRange(plan.guards, value)) flags |= FLAG.failedRange;
  return flags;
}

/** The decisions on an anomalous point with what was asked for and what was found. Guards that are off are left out. */
export function explainGuards(plan: Plan, value: number, expected: number, score: number, run: Run): GuardResult[] {
  const { direction, minAbsoluteDeviation, minRelativeDeviation, range, persistence } = plan.guards;
  const flags = evaluateGuards(plan, value, expected, score);
  const deviation = Math.abs(value - expected);
  const results: GuardResult[] = [
    {
      guard: 'direction',
      passed: (flags & FLAG.failedDirection) === 0,
      limit: direction,
      actual: score < 0 ? 'below' : 'above',
    },
  ];
  if (minAbsoluteDeviation > 0) {
    const passed = (flags & FLAG.failedAbsolute) === 0;
    results.push({ guard: 'absolute', passed, limit: minAbsoluteDeviation, actual: deviation });
  }
  if (minRelativeDeviation > 0) {
    // JSON has no infinity: anything is infinitely far from an expected 0.
    const actual = expected === 0 ? '∞' : deviation / Math.abs(expected);
    results.push({
      guard: 'relative',
      passed: (flags & FLAG.failedRelative) === 0,
      limit: minRelativeDeviation,
      actual,
    });
  }
  if (range.min !== undefined || range.max !== undefined) {
    const limit = `${range.min ?? ''}..${range.max ?? ''}`;
    results.push({ guard: 'range', passed: (flags & FLAG.failedRange) === 0, limit, actual: value });
  }
  results.push({
    guard: 'persistence',
    passed: run.points >= persistence.points,
    limit: `${persistence.points}/${persistence.of}`,
    actual: `${run.points}/${run.of}`,
  });
  return results;
}

function withinRange(guards: Guards, value: number): boolean {
  const { min, max } = guards.range;
  return !(min !== undefined && value < min) && !(max !== undefined && value > max);
}
