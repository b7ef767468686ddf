import { expect, it } from 'vitest';
import type { Detector } from '#resource/anomaly-detector/read.ts';
import type { MetricCost } from './costs.ts';
import { judgeCost } from './judge-cost.ts';
import { costsOf, costTable } from './report-costs.ts';

const DETECTOR = { spec: { metrics: [{ name: 'up' }], budget: { series: 10 } } } as unknown as Pick<Detector, 'spec'>;
const cost = (metric: string, series: number, part: Partial<MetricCost> = {}): MetricCost => {
  return { metric, series, isMore: false, samplesPerMinute: 120 * series, cpuMsPerMinute: 0, ...part };
};
const judge = (beneath: MetricCost, bounds = {}) => {
  const own = { namespaces: ['shop'], pods: 2, metrics: [cost('up', 8)], denominators: [beneath] };
  return judgeCost(DETECTOR, own, bounds).map(({ level, path, message }) => `${level} ${path.join('.')}: ${message}`);
};

it('what lies beneath counts towards what is read, and not towards the budget of what is scored', () => {
  expect(judge(cost('requests', 5))).toEqual([]);
  expect(judge(cost('requests', 5), { maxSeries: 12 })).toEqual([
    expect.stringMatching(/at most 12 series.* got 13 now/),
  ]);
  expect(judge(cost('requests', 5), { maxSamples: 1500 })).toEqual([
    expect.stringMatching(/at most 1500 .* got 1560 now/),
  ]);
});

it('says of the budget what was counted of the metrics, however many lie beneath', () => {
  const own = { namespaces: ['shop'], pods: 2, metrics: [cost('up', 11)] };
  const remarks = judgeCost(DETECTOR, { ...own, denominators: [cost('requests', 10_000, { isMore: true })] }, {});
  expect(remarks.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^expected at most 10 series, got 11 now/),
  ]);
});

it('does not say that a bound holds of what was not counted to its end', () => {
  const more = cost('requests', 10_000, { isMore: true });
  expect(judge(more, { maxSeries: 20_000 })).toEqual([
    'unjudged spec: expected at most 20000 series (--max-series): 10008 were counted, and there are more',
  ]);
  expect(judge(more, { maxSeries: 10_000 })).toEqual([
    expect.stringMatching(/^beyond spec: expected at most 10000 series .* got more than 10008 now/),
  ]);
});

it('says that nothing lies beneath, or why its query is not taken', () => {
  expect(judge(cost('requests', 0))).toEqual([
    'warning spec.guards.denominator: Prometheus has no series of requests of the pods of shop now: without it no point is anomalous',
  ]);
  expect(judge(cost('requests', 0, { refused: 'no such function' }))).toEqual([
    'error spec.guards.denominator.query: no such function',
  ]);
});

it('is in the table and in the sums', () => {
  const own = { namespaces: ['shop'], pods: 2, metrics: [cost('up', 8)], denominators: [cost('requests', 5)] };
  const costs = [{ ...own, file: 'd.yaml', object: 'd', name: 'shop/d', budget: 10 }];
  expect(costTable(costs)).toMatch(/requests \(denominator\) +5 +600/);
  expect(costTable(costs)).toMatch(/all +13 +1,560/);
  expect(costsOf(costs)).toMatchObject([
    { series: 13, samplesPerMinute: 1560, denominators: [{ metric: 'requests' }] },
  ]);
});
