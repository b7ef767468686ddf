// How easily a detector is moved, in words: without them nobody could say whether a number of findings is many.
import type { Plan } from '#model/plan.ts';

/** What a report says of a plan: how it scores, and what a score must pass. */
export type Settings = Pick<Plan, 'algorithm' | 'parameters' | 'threshold' | 'guards'>;

/** With what a back-test by a method alone was made, and with what the shipped detectors are. */
export interface MethodSettings {
  readonly used: Settings;
  readonly shipped: Settings;
}

export function settingsOf({ algorithm, parameters, threshold, guards }: Settings): Settings {
  return { algorithm, parameters, threshold, guards };
}

/** A sentence of both. */
export function methodText({ used, shipped }: MethodSettings): string {
  return `Settings: ${settingsText(used)}; the shipped detectors have ${settingsText(shipped)}`;
}

/** The method with its threshold and guards; of guards that let all pass only that there are none. */
export function settingsText({ algorithm, threshold, guards }: Settings): string {
  const { direction, minAbsoluteDeviation, minRelativeDeviation, range, persistence, missing } = guards;
  const { calendar, denominator, ends } = guards;
  const others = [
    ...(direction === 'both' ? [] : [`direction ${direction}`]),
    ...(minAbsoluteDeviation === 0 ? [] : [`minAbsoluteDeviation ${minAbsoluteDeviation}`]),
    ...(minRelativeDeviation === 0 ? [] : [`minRelativeDeviation ${minRelativeDeviation}`]),
    ...(range.min === undefined && range.max === undefined ? [] : [`range ${range.min ?? ''}..${range.max ?? ''}`]),
    ...(missing === 'ignore' ? [] : [`missing ${missing}`]),
    ...(ends === undefined ? [] : [`ends ${ends}`]),
    ...(calendar === undefined ? [] : ['calendar']),
    ...(denominator === undefined ? [] : [`denominator ${denominator.metricName} ${denominator.min}`]),
  ];
  const { points, of, clear } = persistence;
  const said = others.length === 0 ? 'no other guard' : others.join(', ');
  return `method ${algorithm}, threshold ${threshold}, persistence ${points} of ${of} (clear ${clear}), ${said}`;
}
