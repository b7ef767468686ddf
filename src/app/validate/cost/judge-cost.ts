// A detector's cost against its bounds: its own budget, and those of whoever asks. What is only known as an upper bound is never
// refused for it, nor passed.
import type { Detector } from '#resource/anomaly-detector/read.ts';
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
  { namespace, pods, metrics }: DetectorCost,
  { maxSeries, maxSamples }: CostBounds,
): CostRemark[] {
  const remarks: CostRemark[] = [];
  const beyond = (path: Path, message: string) => {
    const why = `; all pods of ${namespace} were counted, for nobody said which ones are selected: name their cluster with --kubeconfig`;
    remarks.push(
      pods === undefined
        ? { level: 'unjudged', path, message: `${message}${why}` }
        : { level: 'beyond', path, message },
    );
  };
  if (pods === 0) {
    const path = ['spec', spec.targets === undefined ? 'selector' : 'targets'];
    remarks.push({ level: 'warning', path, message: `no pod of ${namespace} is selected now: it costs nothing yet` });
  }
  for (const [index, { metric, series, isMore, refused }] of metrics.entries()) {
    const at = spec.metrics === undefined ? ['spec', 'metricName'] : ['spec', 'metrics', index];
    if (refused !== undefined) remarks.push({ level: 'error', path: [...at, 'query'], message: refused });
    else if (series === 0 && pods !== 0) {
      const message = `Prometheus has no series of ${metric} of these pods in ${namespace} now: it costs nothing yet`;
      remarks.push({ level: 'warning', path: at, message });
    }
    if (series > spec.budget.series || isMore) {
      const has = `${metric} has ${isMore ? 'more than ' : ''}${series} now`;
      const message = `expected at most ${spec.budget.series} series, and ${has}: choose fewer pods, aggregate with a query, or raise it`;
      beyond(['spec', 'budget', 'series'], message);
    }
  }
  const isMore = metrics.some((one) => one.isMore);
  const judgeSum = (what: string, option: string, most: number | undefined, of: (cost: MetricCost) => number) => {
    const all = metrics.reduce((sum, cost) => sum + of(cost), 0);
    if (most === undefined || all <= most) return;
    beyond(['spec'], `expected at most ${most} ${what} (${option}), got ${isMore ? 'at least ' : ''}${all}`);
  };
  judgeSum('series', '--max-series', maxSeries, ({ series }) => series);
  judgeSum('samples a minute', '--max-samples', maxSamples, ({ samplesPerMinute }) => samplesPerMinute);
  return remarks;
}
