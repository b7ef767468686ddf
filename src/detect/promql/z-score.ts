// The z-score of the old contract as rules: the point is part of the window that it is compared with.
import type { PromqlRule, Recorded } from '../contract.ts';
import { pointsUpTo, scoreRules } from './text.ts';

export interface ScoredWindow {
  /** Points of a window without a gap, and how few are scored. */
  readonly points: number;
  readonly leastPoints: number;
}

export function zScoreRules({ points, leastPoints }: ScoredWindow, recorded: Recorded): readonly PromqlRule[] {
  const window = pointsUpTo(recorded, points);
  const count = recorded.of('baseline_points');
  return [
    { name: 'baseline_points', expr: `(count_over_time(${window}) >= ${leastPoints}) and ${recorded.of('value')}` },
    { name: 'expected', expr: `avg_over_time(${window}) and ${count}` },
    { name: 'sigma', expr: `stddev_over_time(${window}) and ${count}` },
    ...scoreRules(recorded),
  ];
}
