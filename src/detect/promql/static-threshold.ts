// Fixed bounds as rules: no state, no warm-up, exact at every point.
import type { PromqlRule, Recorded } from '../contract.ts';
import { SCORE_CAP } from '../sigma.ts';
import { numberText } from './text.ts';

export interface Bounds {
  readonly above?: number;
  readonly below?: number;
  /** What three sigmas are beyond each, in the metric's unit. */
  readonly aboveUnit: number;
  readonly belowUnit: number;
}

export function boundRules(bounds: Bounds, recorded: Recorded): readonly PromqlRule[] {
  const { above, below } = bounds;
  const value = recorded.of('value');
  const constant = (name: string, bound: number | undefined) =>
    bound === undefined ? [] : [{ name, expr: `${value} * 0 + ${numberText(bound)}` }];
  return [
    { name: 'expected', expr: expectedText(value, bounds) },
    ...constant('lower', below),
    ...constant('upper', above),
    { name: 'score', expr: scoreText(value, bounds) },
  ];
}

function expectedText(value: string, { above, below }: Bounds): string {
  if (above === undefined) return `clamp_min(${value}, ${numberText(below ?? 0)})`;
  if (below === undefined) return `clamp_max(${value}, ${numberText(above)})`;
  return `clamp(${value}, ${numberText(below)}, ${numberText(above)})`;
}

function scoreText(value: string, { above, below, aboveUnit, belowUnit }: Bounds): string {
  const over = `clamp(3 + 3 * (${value} - ${numberText(above ?? 0)}) / ${aboveUnit}, 0, ${SCORE_CAP})`;
  const under = `clamp(3 + 3 * (${numberText(below ?? 0)} - ${value}) / ${belowUnit}, 0, ${SCORE_CAP})`;
  if (below === undefined) return over;
  if (above === undefined) return `-${under}`;
  return `(${over} >= ${under}) or -${under}`;
}
