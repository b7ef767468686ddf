// The words that the twins of methods are made of. Ranges include their older end in Prometheus 2 and leave it out in 3. All
// recorded points are a whole step apart, so every range here begins and ends half a step away from them: it holds the same
// points in both, and a rule that is evaluated once more, or late, still finds its own last value behind it.

import type { PromqlRule, Recorded } from '../contract.ts';
import { ROUNDING, SCORE_CAP } from '../sigma.ts';

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** As PromQL writes durations, in whole milliseconds. */
export function durationText(ms: number): string {
  const whole = Math.round(ms);
  const [unit, sizeMs] = UNITS.find(([, size]) => whole % size === 0) ?? ['ms', 1];
  return `${whole / sizeMs}${unit}`;
}

/** A number that keeps every digit. */
export function numberText(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}

function half({ stepMs }: Recorded): number {
  return Math.floor(stepMs / 2);
}

/** The last `points` points before this one, as far as there are any. */
export function pointsBefore(recorded: Recorded, points: number): string {
  return `${recorded.of('value')}[${durationText(points * recorded.stepMs)}] offset ${durationText(half(recorded))}`;
}

/** The last `points` points of what is called `name`, this one among them. */
export function pointsUpTo(recorded: Recorded, points: number, name = 'value'): string {
  return `${recorded.of(name)}[${durationText(points * recorded.stepMs - half(recorded))}]`;
}

/** What a rule recorded last, before this moment, and no longer ago than `reachMs`: a pause changes no state. */
export function lastBefore(recorded: Recorded, name: string, reachMs: number): string {
  return `last_over_time(${recorded.of(name)}[${durationText(reachMs)}] offset ${durationText(half(recorded))})`;
}

/** What was recorded last, this moment included, and no longer ago than `reachMs`. */
export function lastUpTo(recorded: Recorded, name: string, reachMs: number): string {
  return `last_over_time(${recorded.of(name)}[${durationText(reachMs + half(recorded))}])`;
}

/** As `widening` of stats/small-sample.ts, of texts. */
export function wideningText(degrees: string, centreVariance: string): string {
  const z = `(3 * (8 * (${degrees}) + 3) / (8 * (${degrees}) + 1))`;
  return `(sqrt((${degrees}) * (exp(${z} ^ 2 / (${degrees})) - 1)) / 3 * sqrt(1 + ${centreVariance}))`;
}

/** Band and score, as `fillScore` of sigma.ts, of what is recorded as `expected` and `sigma`. */
export function scoreRules(recorded: Recorded): readonly PromqlRule[] {
  const [value, expected, sigma] = [recorded.of('value'), recorded.of('expected'), recorded.of('sigma')];
  const deviation = `(${value} - ${expected})`;
  const rounding = `${ROUNDING} * abs(${expected})`;
  const least = `((${sigma} >= ${rounding}) or ${rounding})`;
  return [
    { name: 'lower', expr: `${expected} - 3 * ${sigma}` },
    { name: 'upper', expr: `${expected} + 3 * ${sigma}` },
    // Of a constant without a deviation the quotient would be 0 / 0.
    {
      name: 'score',
      expr: `(${deviation} == 0) or clamp(${deviation} / ${least}, -${SCORE_CAP}, ${SCORE_CAP})`,
    },
  ];
}
