import { parser } from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { OBSERVED } from './catalogue.ts';

test.each(OBSERVED.map((one) => [one.metricName, one] as const))(
  '%s is a query that parses, of a detector that exists',
  (_, one) => {
    let broken = false;
    parser.parse(one.promql).iterate({
      enter(node) {
        if (node.type.isError) broken = true;
      },
    });
    expect(broken).toBe(false);
    expect(Object.keys(ALGORITHMS)).toContain(one.plan.algorithm);
    expect(one.plan.metricName).toBe(one.metricName);
  },
);

test('each name is there once', () => {
  expect(new Set(OBSERVED.map(({ plan }) => plan.detector)).size).toBe(OBSERVED.length);
});
