// The rolling z-score as rules. Its baseline is a stretch of time: after a gap it holds fewer points, where stepping, which
// counts points, reaches further back.
import type { PromqlRule, Recorded } from '../contract.ts';
import { pointsBefore, scoreRules, wideningText } from './text.ts';

export interface RollingWindow {
  /** Points of a baseline without a gap, and how few may score. */
  readonly points: number;
  readonly minPoints: number;
}

export function rollingRules({ points, minPoints }: RollingWindow, recorded: Recorded): readonly PromqlRule[] {
  const before = pointsBefore(recorded, points);
  const count = recorded.of('baseline_points');
  return [
    { name: 'baseline_points', expr: `(count_over_time(${before}) >= ${minPoints}) and ${recorded.of('value')}` },
    { name: 'expected', expr: `avg_over_time(${before}) and ${count}` },
    {
      name: 'sigma',
      expr: `stddev_over_time(${before}) * sqrt(${count} / (${count} - 1)) * ${wideningText(`${count} - 1`, `1 / ${count}`)}`,
    },
    ...scoreRules(recorded),
  ];
}
