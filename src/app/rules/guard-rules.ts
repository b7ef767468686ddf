// The guards of a detector as rules, as detect/guards.ts, run.ts and episode.ts decide them for one series: `verdict` is what
// they say of a point (1 above, -1 below, 0 normal; absent where there is nothing to judge), `anomalous` whether a
// finding of this series would be open. `for:` of an alert would count evaluations and forget at a gap; these count points.

import type { PromqlRule, Recorded } from '#detect/contract.ts';
import { silenceOf } from '#detect/engine/watch.ts';
import { lastBefore, lastUpTo, numberText, pointsUpTo } from '#detect/promql/text.ts';
import type { Guards } from '#model/plan.ts';

export interface Guarding {
  readonly threshold: number;
  readonly guards: Guards;
}

/** The guards that rules can be; one that is new must not be passed over in silence. */
const KNOWN: readonly string[] = [
  ...['direction', 'minAbsoluteDeviation', 'minRelativeDeviation', 'range', 'persistence', 'missing'],
];

/** Names of guards that are on and cannot be rules. */
export function unknownGuards(guards: Guards): string[] {
  return Object.entries(guards).flatMap(([name, value]) => (value === undefined || KNOWN.includes(name) ? [] : [name]));
}

/** In the order of evaluation: each reads only those before it, or what was recorded at earlier points. */
export function guardRules(guarding: Guarding, recorded: Recorded): readonly PromqlRule[] {
  const { persistence } = guarding.guards;
  const { points, of, clear } = persistence;
  const verdict: PromqlRule = { name: 'verdict', expr: verdictText(guarding, recorded) };
  const rules = [verdict];
  if (points > 1) rules.push(...(of === points ? streaks(recorded) : amongRules(recorded)));
  if (clear > 1) rules.push({ name: 'normal_points', expr: streakText(recorded, 'normal_points', '== 0') });
  rules.push({ name: 'anomalous', expr: anomalousText(guarding.guards, recorded) });
  if (points > 1 && of > points) rules.push(...sinceRules(recorded));
  return rules;
}

/** The series of which a finding is open, with their newest score. */
export function alertText(recorded: Recorded): string {
  // A silence ends a finding; a point that is missing does not.
  const silentMs = silenceOf(recorded.stepMs);
  return `${lastUpTo(recorded, 'score', silentMs)} and ${lastUpTo(recorded, 'anomalous', silentMs)} == 1`;
}

function verdictText({ threshold, guards }: Guarding, recorded: Recorded): string {
  const { direction, minAbsoluteDeviation, minRelativeDeviation, missing } = guards;
  const [value, score, expected] = [recorded.of('value'), recorded.of('score'), recorded.of('expected')];
  const [above, below] = [`(${score} > ${threshold})`, `(${score} < -${threshold})`];
  const beyond = { above, below, both: `(${above} or ${below})` }[direction];
  const deviation = `abs(${value} - ${expected})`;
  const asked = [
    ...(minAbsoluteDeviation > 0 ? [`(${deviation} >= ${minAbsoluteDeviation})`] : []),
    ...(minRelativeDeviation > 0 ? [`(${deviation} >= ${minRelativeDeviation} * abs(${expected}))`] : []),
  ];
  const judged = `sgn(${[beyond, ...asked].join(' and ')}) or ${score} * 0`;
  const outside = outsideText(guards, value);
  // A value that is not believed is as good as missing, where it would count.
  const known = outside === undefined ? judged : `(${judged}) unless (${outside} and (abs(${score}) > ${threshold}))`;
  if (missing === 'ignore') return known;
  return `${known} or ${lastUpTo(recorded, 'value', silenceOf(recorded.stepMs))} * 0`;
}

function outsideText({ range: { min, max } }: Guards, value: string): string | undefined {
  const sides = [
    ...(min === undefined ? [] : [`(${value} < ${numberText(min)})`]),
    ...(max === undefined ? [] : [`(${value} > ${numberText(max)})`]),
  ];
  return sides.length === 0 ? undefined : `(${sides.join(' or ')})`;
}

function last(recorded: Recorded, name: string): string {
  return lastBefore(recorded, name, silenceOf(recorded.stepMs));
}

/** How many judged points in a row, this one the last, have such a verdict; carried over a value that is not judged. */
function streakText(recorded: Recorded, name: string, verdict: string): string {
  const own = recorded.of('verdict');
  const before = last(recorded, name);
  return `(${own} ${verdict}) * 0 + 1 + (${before} or ${own} * 0) or ${own} * 0 or ${before} and ${recorded.of('value')}`;
}

function streaks(recorded: Recorded): PromqlRule[] {
  return [
    { name: 'above_points', expr: streakText(recorded, 'above_points', '== 1') },
    { name: 'below_points', expr: streakText(recorded, 'below_points', '== -1') },
  ];
}

/** For so many among the last so many: which points had a verdict. */
function amongRules(recorded: Recorded): PromqlRule[] {
  const verdict = recorded.of('verdict');
  return [
    { name: 'above', expr: `${verdict} == bool 1` },
    { name: 'below', expr: `${verdict} == bool -1` },
  ];
}

/** How many points had a verdict since a finding was last over: what led to it does not count again. */
function sinceRules(recorded: Recorded): PromqlRule[] {
  const isOver = `((${last(recorded, 'anomalous')} == 1) and (${recorded.of('anomalous')} == 0))`;
  return ['above', 'below'].map((side) => {
    const own = recorded.of(side);
    const before = last(recorded, `${side}_since`);
    return {
      name: `${side}_since`,
      expr: `${isOver} * 0 or ${own} + ${before} or ${own} or ${before} and ${recorded.of('value')}`,
    };
  });
}

function anomalousText({ persistence: { points, of, clear } }: Guards, recorded: Recorded): string {
  const verdict = recorded.of('verdict');
  const opens =
    points === 1
      ? `(${verdict} != 0)`
      : `(${opensText(recorded, 'above', 1, points, of)} or ${opensText(recorded, 'below', -1, points, of)})`;
  const closes =
    clear === 1 ? `(${verdict} == 0)` : `((${verdict} == 0) and (${recorded.of('normal_points')} >= ${clear}))`;
  const stays = `((${last(recorded, 'anomalous')} == 1) unless ${closes}) and ${recorded.of('value')}`;
  return `${opens} * 0 + 1 or ${stays} or ${recorded.of('value')} * 0`;
}

function opensText(recorded: Recorded, side: 'above' | 'below', sign: 1 | -1, points: number, of: number): string {
  const isSo = `(${recorded.of('verdict')} == ${sign})`;
  if (of === points) return `(${isSo} and (${recorded.of(`${side}_points`)} >= ${points}))`;
  // Points of the last `of`, as far as no finding ended among them: of two counts of latest points the smaller.
  const among = `(sum_over_time(${pointsUpTo(recorded, of, side)}) >= ${points})`;
  const before = `(${last(recorded, `${side}_since`)} or ${recorded.of(side)} * 0)`;
  return `(${isSo} and ${among} and (${recorded.of(side)} + ${before} >= ${points}))`;
}
