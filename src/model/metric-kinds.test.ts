import { expect, it } from 'vitest';
import { feltKind, successSeverity, zeroIsMeasured } from './metric-kinds.ts';

it.each([
  ['service_success_ratio', 'success-ratio'],
  ['service_latency_p90_seconds', 'latency'],
  ['pod_cpu_usage_cores', undefined],
  ['toString', undefined],
])('%s is felt as %s', (metric, kind) => {
  expect(feltKind(metric)).toBe(kind);
});

it.each([
  ['service_success_ratio', false],
  ['call_latency_p50_seconds', false],
  ['request_duration_seconds', false],
  ['pod_syscall_reads', true],
])('zero of %s is measured: %s', (metric, measured) => {
  expect(zeroIsMeasured(metric)).toBe(measured);
});

it.each([
  [1, 'green'],
  [0.99, 'green'],
  [0.989, 'amber'],
  [0.95, 'amber'],
  [0.949, 'red'],
  [0, 'red'],
  [Number.NaN, 'green'],
])('a success ratio of %d is %s', (ratio, severity) => {
  expect(successSeverity(ratio)).toBe(severity);
});
