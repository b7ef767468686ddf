// Guards decide, not models: a score beyond the threshold becomes an anomalous point only when it passes these. Pure
// functions that every path shares: bits for the hot path, and the same decisions with their figures for the page.
import type { GuardResult } from '#model/finding.ts';
import type { Guards, Plan } from '#model/plan.ts';
import { createQuietTimes, type QuietTime, type QuietTimes } from '#model/quiet-time.ts';
import { FLAG } from '#model/score.ts';
import { isMeasured } from './measured.ts';

/** Anomalous points among the last `of`, as persistence counts them. */
export interface Run {
  readonly points: number;
  readonly of: number;
}

/** Worked out once for each schedule, for as long as its plan lives. */
const compiled = new WeakMap<QuietTime, QuietTimes>();

function quietTimesOf(calendar: QuietTime): QuietTimes {
  const known = compiled.get(calendar) ?? createQuietTimes(calendar);
  compiled.set(calendar, known);
  return known;
}

/**
 * What the guards say of a point, as bits of FLAG without persistence: 0 is a normal point, `missing` one without a
 * value, `beyondThreshold` alone an anomalous one; more bits name the guards that held it back. `denominator` is what was
 * beneath it; NaN where that is not known.
 */
export function evaluateGuards(
  plan: Plan,
  timeMs: number,
  value: number,
  expected: number,
  score: number,
  denominator = Number.NaN,
): number {
  if (!isMeasured(value)) return FLAG.missing;
  // NaN, a score not yet there, is not beyond anything.
  if (!(Math.abs(score) > plan.threshold)) return 0;
  const { direction, minAbsoluteDeviation, minRelativeDeviation, calendar, denominator: beneath } = plan.guards;
  let flags: number = FLAG.beyondThreshold;
  if (direction === 'above' ? score < 0 : direction === 'below' && score > 0) flags |= FLAG.failedDirection;
  const deviation = Math.abs(value - expected);
  if (deviation < minAbsoluteDeviation) flags |= FLAG.failedAbsolute;
  if (deviation < minRelativeDeviation * Math.abs(expected)) flags |= FLAG.failedRelative;
  if (!withinRange(plan.guards, value)) flags |= FLAG.failedRange;
  if (calendar !== undefined && quietTimesOf(calendar).isQuiet(timeMs)) flags |= FLAG.failedCalendar;
  // NaN, a denominator that is not known, is not enough.
  if (beneath !== undefined && !(denominator >= beneath.min)) flags |= FLAG.failedDenominator;
  return flags;
}

/** A point as guards see it. */
export interface GuardedPoint {
  readonly timeMs: number;
  readonly value: number;
  readonly expected: number;
  readonly score: number;
  readonly denominator: number;
}

/**
 * The decisions on an anomalous point with what was asked for and what was found. Guards that are off are left out. `room` is the
 * distance within which its series is back, where the finding waits for that; NaN where it does not.
 */
export function explainGuards(plan: Plan, point: GuardedPoint, run: Run, room = Number.NaN): GuardResult[] {
  const { timeMs, value, expected, score, denominator } = point;
  const { direction, minAbsoluteDeviation, minRelativeDeviation, range, persistence } = plan.guards;
  const flags = evaluateGuards(plan, timeMs, value, expected, score, denominator);
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
  results.push(...explainContext(plan.guards, flags, timeMs, denominator));
  results.push({
    guard: 'persistence',
    passed: run.points >= persistence.points,
    limit: `${persistence.points}/${persistence.of}`,
    actual: `${run.points}/${run.of}`,
  });
  if (!Number.isNaN(room)) results.push({ guard: 'ends', passed: deviation > room, limit: room, actual: deviation });
  return results;
}

/** Of the guards that ask when it was, and of how much. */
function explainContext(
  { calendar, denominator: beneath }: Guards,
  flags: number,
  timeMs: number,
  denominator: number,
): GuardResult[] {
  const results: GuardResult[] = [];
  if (calendar !== undefined) {
    const { limit, actual } = quietTimesOf(calendar);
    const passed = (flags & FLAG.failedCalendar) === 0;
    results.push({ guard: 'calendar', passed, limit, actual: actual(timeMs) });
  }
  if (beneath !== undefined) {
    const passed = (flags & FLAG.failedDenominator) === 0;
    const actual = Number.isNaN(denominator) ? 'none' : denominator;
    results.push({ guard: 'denominator', passed, limit: beneath.min, actual });
  }
  return results;
}

function withinRange(guards: Guards, value: number): boolean {
  const { min, max } = guards.range;
  return !(min !== undefined && value < min) && !(max !== undefined && value > max);
}
