import { parser } from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { OBSERVED } from './catalogue.ts';
import type { EntryUnit } from './entry.ts';

const NAMED = OBSERVED.map((one) => [one.metricName, one] as const);

function isPromql(query: string): boolean {
  let broken = false;
  parser.parse(query).iterate({
    enter(node) {
      if (node.type.isError) broken = true;
    },
  });
  return !broken;
}

test.each(NAMED)('%s is a query that parses, of a detector that exists', (_, one) => {
  expect(isPromql(one.promql)).toBe(true);
  if (one.declared !== undefined) expect(isPromql(one.declared.promql)).toBe(true);
  expect(Object.keys(ALGORITHMS)).toContain(one.plan.algorithm);
  expect(one.plan.metricName).toBe(one.metricName);
});

/** What tells the page the unit; of the others the name says what is counted. */
const ENDINGS: Readonly<Record<EntryUnit, RegExp>> = {
  cores: /_cores$/,
  bytes: /_bytes$/,
  ratio: /_ratio$/,
  seconds: /(?<!_per)_seconds$/,
  'per-second': /_per_second$/,
  count: /^((?!_(cores|bytes|ratio|seconds|second)$).)*$/,
  state: /^((?!_(cores|bytes|ratio|seconds|second)$).)*$/,
};

test.each(NAMED)('%s ends as its unit says', (name, { unit }) => {
  expect(name).toMatch(ENDINGS[unit]);
});

test.each(NAMED)('%s has a reason, and a least deviation where there is no bound', (_, { why, above, plan }) => {
  expect(why.length).toBeGreaterThan(20);
  const { minAbsoluteDeviation, minRelativeDeviation } = plan.guards;
  if (above === undefined) expect(minAbsoluteDeviation * minRelativeDeviation).toBeGreaterThan(0);
  else expect(minAbsoluteDeviation + minRelativeDeviation).toBe(0);
});

test('the bounds that were promised stand', () => {
  const bounds = Object.fromEntries(OBSERVED.map(({ metricName, above }) => [metricName, above]));
  expect(bounds).toMatchObject({
    pod_memory_limit_ratio: 0.9,
    node_disk_io_ratio: 0.95,
    apiserver_latency_p99_seconds: 0.5,
  });
});

test('each name is there once', () => {
  expect(new Set(OBSERVED.map(({ plan }) => plan.detector)).size).toBe(OBSERVED.length);
});
