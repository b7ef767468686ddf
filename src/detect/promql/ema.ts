// The exponentially weighted mean as rules that read their own last values: three numbers of state a series, as in stepping,
// so that a gap changes nothing. All weights follow from how many points were seen. The state moves after the score is
// taken from it. A pause of more than an hour begins it anew, and so does a Prometheus that was away for longer.
import type { PromqlRule, Recorded } from '../contract.ts';
import { lastBefore, scoreRules, wideningText } from './text.ts';

const REACH_MS = 3_600_000;

export interface Decay {
  /** What is left of a point's weight after a step. */
  readonly decay: number;
  readonly minPoints: number;
}

export function emaRules({ decay, minPoints }: Decay, recorded: Recorded): readonly PromqlRule[] {
  const value = recorded.of('value');
  const last = (name: string) => lastBefore(recorded, name, Math.max(REACH_MS, 4 * recorded.stepMs));
  const [seen, mean, variance] = [last('ema_seen'), last('ema_mean'), last('ema_variance')];
  const count = recorded.of('baseline_points');
  // (Σ dⁱ)² ÷ Σ d²ⁱ over the points that were seen. From ten points on it is above the three that stepping asks for.
  const worth = `${(1 + decay) / (1 - decay)} * (1 - ${decay} ^ ${seen}) / (1 + ${decay} ^ ${seen})`;
  const share = `(${1 - decay} / (1 - ${decay} ^ (${seen} + 1)))`;
  const deviation = `(${value} - ${mean})`;
  return [
    { name: 'baseline_points', expr: `${worth} and (${seen} >= ${minPoints}) and ${value}` },
    { name: 'expected', expr: `${mean} and ${count}` },
    {
      name: 'sigma',
      expr: `sqrt(${variance} * ${count} / (${count} - 1)) * ${wideningText(`${count} - 1`, `1 / ${count}`)}`,
    },
    ...scoreRules(recorded),
    {
      name: 'ema_variance',
      expr: `(1 - ${share}) * (${variance} + ${share} * ${deviation} ^ 2) or ${value} * 0`,
    },
    { name: 'ema_mean', expr: `${mean} + ${share} * ${deviation} or ${value}` },
    { name: 'ema_seen', expr: `${seen} + 1 + ${value} * 0 or ${value} * 0 + 1` },
  ];
}
