import { expect, it } from 'vitest';
import { queryProblem } from './bounded-query.ts';

it.each([
  'sum by (pod) (rate(x[5m]))',
  'sum(x) by (pod)',
  'histogram_quantile(0.9, sum by (pod, le) (rate(x[5m])))',
  '-sum(x) / on (pod) group_left sum by (pod) (y) > 5',
  'topk(5, x)',
  'topk by (pod) (1e2, x)',
  'topk(1000000, sum by (pod) (x))',
  'absent(x)',
  'max_over_time(sum(x)[1h:1m])',
  'sum(x) offset 5m + scalar(y)',
  'label_replace(avg by (node) (x), "a", "$1", "node", "(.*)")',
])('%s is bounded', (promql) => {
  expect(queryProblem(promql)).toBeUndefined();
});

it.each([
  ['x', 'as many series as x: aggregate it'],
  ['rate(x{a="b"}[5m])', 'as many series as x{a="b"}'],
  ['sum without (pod) (x)', 'as many series as x'],
  ['count_values("v", x)', 'as many series as x'],
  ['sum(x) or y', 'as many series as y'],
  ['topk(1000000, x)', 'as many series as x'],
  ['BOTTOMK by (pod) (1e9, x)', 'as many series as x'],
  ['limitk(101, x)', 'as many series as x'],
  ['topk(scalar(count(x)), x)', 'as many series as x'],
  ['topk(5 * 1e6, x)', 'as many series as x'],
  ['topk(inf, x)', 'as many series as x'],
  ['topk(1h, x)', 'as many series as x'],
  ['sum(info(x))', 'info() reads series of all namespaces'],
  ['sum(x', 'the query ends too early'],
  ['1 + 1', 'reads no metric'],
  ['', 'is empty'],
])('%s is not', (promql, problem) => {
  expect(queryProblem(promql)).toContain(problem);
});
