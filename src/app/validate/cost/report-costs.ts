// What detectors cost, as a table for people and as plain data for programs.
import { textTable } from '../../text-table.ts';
import type { DetectorCost, MetricCost } from './costs.ts';

export interface CostOfObject extends DetectorCost {
  readonly file: string;
  readonly object: string;
  /** With its namespace, where it has one. */
  readonly name: string;
  /** `spec.budget.series`, of all metrics together. */
  readonly budget: number;
}

/** Of each detector and metric, and of all. */
export function costTable(costs: readonly CostOfObject[]): string {
  const rows = costs.flatMap(({ name, pods, metrics, denominators, budget }) =>
    [...metrics, ...denominators.map(named)].map(
      ({ metric, series, isMore, samplesPerMinute, cpuMsPerMinute }, index) => [
        index === 0 ? name : '',
        index === 0 ? (pods === undefined ? 'any' : String(pods)) : '',
        metric,
        amount(series, pods, isMore),
        amount(samplesPerMinute, pods, isMore),
        cpuText(cpuMsPerMinute),
        index === 0 ? budget.toLocaleString('en') : '',
      ],
    ),
  );
  const all = costs.flatMap(({ metrics, denominators }) => [...metrics, ...denominators]);
  const total = [
    ...['all', '', ''],
    sum(all.map(({ series }) => series)).toLocaleString('en'),
    sum(all.map(({ samplesPerMinute }) => samplesPerMinute)).toLocaleString('en'),
    ...[cpuText(sum(all.map(({ cpuMsPerMinute }) => cpuMsPerMinute))), ''],
  ];
  const isUnsure = costs.some(({ pods }) => pods === undefined);
  return [
    textTable(['detector', 'pods', 'metric', 'series', 'samples/min', 'CPU/min', 'budget'], [...rows, total]),
    'CPU is that of scoring alone, measured on this machine just now on made-up points.',
    ...(isUnsure
      ? ['"any" counts all pods of its namespaces: this Prometheus does not say which ones are selected.']
      : []),
  ].join('\n');
}

/** For programs: numbers with their units in the names. */
export function costsOf(costs: readonly CostOfObject[]) {
  return costs.map(({ file, object, namespaces, pods, budget, metrics, denominators }) => ({
    ...{ file, object, namespaces, budget },
    pods: pods ?? null,
    isUpperBound: pods === undefined,
    series: sum([...metrics, ...denominators].map(({ series }) => series)),
    samplesPerMinute: sum([...metrics, ...denominators].map(({ samplesPerMinute }) => samplesPerMinute)),
    scoringCpuMsPerMinute: rounded(sum(metrics.map(({ cpuMsPerMinute }) => cpuMsPerMinute))),
    metrics: metrics.map(metricOf),
    ...(denominators.length > 0 && { denominators: denominators.map(metricOf) }),
  }));
}

function metricOf({ metric, series, isMore, refused, samplesPerMinute, cpuMsPerMinute }: MetricCost) {
  return {
    ...{ metric, series, isMore, samplesPerMinute, scoringCpuMsPerMinute: rounded(cpuMsPerMinute) },
    ...(refused !== undefined && { refused }),
  };
}

function named(cost: MetricCost): MetricCost {
  return { ...cost, metric: `${cost.metric} (denominator)` };
}

function amount(count: number, pods: number | undefined, isMore: boolean): string {
  return `${isMore ? '>' : pods === undefined ? '≤' : ''}${count.toLocaleString('en')}`;
}

function cpuText(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(1)} ms`;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function sum(all: readonly number[]): number {
  return all.reduce((total, one) => total + one, 0);
}
