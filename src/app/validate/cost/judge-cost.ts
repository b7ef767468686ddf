// A detector's cost against its bounds: its own budget, and those of whoever asks. What is only known as an upper bound is never
// refused for it, nor passed.
import type { Detector } from '#resource/anomaly-detector/read.ts';
import type { SpecV2 } from '#resource/anomaly-detector/v2.ts';
import type { Path } from '#resource/problem.ts';
import type { Level } from '../judge.ts';
import type { DetectorCost, MetricCost } from './costs.ts';

export interface CostBounds {
  /** Of one detector, all its metrics together. */
  readonly maxSeries?: number;
  readonly maxSamples?: number;
}

export interface CostRemark {
  readonly level: Level;
  readonly path: Path;
  readonly message: string;
}

export function judgeCost(
  { spec }: Pick<Detector, 'spec'>,
  { namespaces, pods, metrics }: DetectorCost,
  { maxSeries, maxSamples }: CostBounds,
): CostRemark[] {
  const where = namespaces.length === 1 ? ` of ${namespaces[0]}` : '';
  const isMore = metrics.some((one) => one.isMore);
  const sum = (of: (cost: MetricCost) => number) => metrics.reduce((total, cost) => total + of(cost), 0);
  const beyond = (path: Path, what: string, most: number, got: number, isSurely = false): CostRemark[] => {
    if (got <= most && !isSurely) return [];
    const message = `expected at most ${most} ${what}, got ${isMore ? 'more than ' : ''}${got} now`;
    const why = `; all pods${where} were counted, for nobody said which ones are selected: name their cluster with --kubeconfig`;
    return pods === undefined
      ? [{ level: 'unjudged', path, message: `${message}${why}` }]
      : [{ level: 'beyond', path, message: `${message}: choose fewer pods or aggregate with a query` }];
  };
  const series = sum((cost) => cost.series);
  const samples = sum((cost) => cost.samplesPerMinute);
  return [
    ...nothingThere(spec, where, pods, metrics),
    // What nobody counted to its end is more than a detector may ever have.
    ...beyond(['spec', 'budget', 'series'], 'series', spec.budget.series, series, isMore),
    ...(maxSeries === undefined ? [] : beyond(['spec'], 'series (--max-series)', maxSeries, series)),
    ...(maxSamples === undefined ? [] : beyond(['spec'], 'samples a minute (--max-samples)', maxSamples, samples)),
  ];
}

function nothingThere(
  spec: SpecV2,
  where: string,
  pods: number | undefined,
  metrics: readonly MetricCost[],
): CostRemark[] {
  const refused = metrics.flatMap(({ refused: message }, index): CostRemark[] =>
    message === undefined ? [] : [{ level: 'error', path: ['spec', 'metrics', index, 'query'], message }],
  );
  if (pods === 0) {
    const path = ['spec', spec.targets === undefined ? 'selector' : 'targets'];
    return [...refused, { level: 'warning', path, message: `no pod${where} is selected now: it costs nothing yet` }];
  }
  const absent = metrics.flatMap(({ metric, series, refused: why }, index): CostRemark[] => {
    if (series > 0 || why !== undefined) return [];
    const path = spec.metrics === undefined ? ['spec', 'metricName'] : ['spec', 'metrics', index];
    const message = `Prometheus has no series of ${metric} of the pods${where} now: it costs nothing yet`;
    return [{ level: 'warning', path, message }];
  });
  return [...refused, ...absent];
}
