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

interface Limit {
  readonly path: Path;
  readonly what: string;
  readonly most: number;
  /** What nobody counted to its end is more than this may ever be. */
  readonly isHighest?: boolean;
}

export function judgeCost(
  { spec }: Pick<Detector, 'spec'>,
  { namespaces, pods, metrics, denominators }: DetectorCost,
  { maxSeries, maxSamples }: CostBounds,
): CostRemark[] {
  const where = namespaces.length === 1 ? ` of ${namespaces[0]}` : '';
  const all = [...metrics, ...denominators];
  const beyond = (
    { path, what, most, isHighest = false }: Limit,
    costs: readonly MetricCost[],
    of: (cost: MetricCost) => number,
  ): CostRemark[] => {
    const got = costs.reduce((total, cost) => total + of(cost), 0);
    const isMore = costs.some((cost) => cost.isMore);
    if (got <= most && !isMore) return [];
    if (got <= most && !isHighest) {
      const unknown = `expected at most ${most} ${what}: ${got} were counted, and there are more`;
      return [{ level: 'unjudged', path, message: unknown }];
    }
    const message = `expected at most ${most} ${what}, got ${isMore ? 'more than ' : ''}${got} now`;
    const why = `; all pods${where} were counted, for nobody said which ones are selected: name their cluster with --kubeconfig`;
    return pods === undefined
      ? [{ level: 'unjudged', path, message: `${message}${why}` }]
      : [{ level: 'beyond', path, message: `${message}: choose fewer pods or aggregate with a query` }];
  };
  const series = (cost: MetricCost) => cost.series;
  const samples = (cost: MetricCost) => cost.samplesPerMinute;
  return [
    ...nothingThere(spec, where, pods, metrics),
    ...(pods === 0 ? [] : nothingBeneath(where, denominators)),
    // The budget is of what is scored.
    ...beyond(
      { path: ['spec', 'budget', 'series'], what: 'series', most: spec.budget.series, isHighest: true },
      metrics,
      series,
    ),
    ...(maxSeries === undefined
      ? []
      : beyond({ path: ['spec'], what: 'series (--max-series)', most: maxSeries }, all, series)),
    ...(maxSamples === undefined
      ? []
      : beyond({ path: ['spec'], what: 'samples a minute (--max-samples)', most: maxSamples }, all, samples)),
  ];
}

function nothingBeneath(where: string, denominators: readonly MetricCost[]): CostRemark[] {
  return denominators.flatMap(({ metric, series, refused }): CostRemark[] => {
    const path = ['spec', 'guards', 'denominator'];
    if (refused !== undefined) return [{ level: 'error', path: [...path, 'query'], message: refused }];
    if (series > 0) return [];
    const message = `Prometheus has no series of ${metric} of the pods${where} now: without it no point is anomalous`;
    return [{ level: 'warning', path, message }];
  });
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
