import { expect, test } from 'vitest';
import { replayFigure, sigmaText } from './replay-figure.ts';

test.each([
  [44_000_000, 'pod_memory_usage_bytes', '42Mi'],
  [13_300_000, 'pod_memory_usage_bytes', '12.7Mi'],
  [1536, 'node_network_receive_bytes', '1.5Ki'],
  [3 * 2 ** 30, 'pod_memory_usage_bytes', '3Gi'],
  [12, 'pod_memory_usage_bytes', '12B'],
  [2048, 'disk_bytes_per_second', '2Ki/s'],
  [5000, 'requests_per_second', '5000/s'],
  [0.0175, 'call_latency_seconds', '17.5 ms'],
  [2.8, 'service_latency_seconds', '2.8 s'],
  [0.9999, 'service_latency_seconds', '1 s'],
  [0.000012, 'call_latency_seconds', '12 µs'],
  [0, 'call_latency_seconds', '0 s'],
  [0.954, 'pod_success_ratio', '95.4 %'],
  [0.00012, 'pod_success_ratio', '0.012 %'],
  [0.021, 'pod_cpu_usage_cores', '21 millicores'],
  [1.25, 'pod_cpu_usage_cores', '1.25 cores'],
  [0, 'pod_memory_usage_bytes', '0B'],
  [44_000_000, 'pod_syscall_reads', '44000000'],
  [1234.6, 'pod_syscall_reads', '1235'],
  [0.04914, 'pod_syscall_reads', '0.0491'],
  [-0.5, 'drift_seconds', '-500 ms'],
  [17.2, 'age_bytes_total', '17.2B'],
  [Number.NaN, 'pod_memory_usage_bytes', '?'],
])('%d of %s reads %s', (value, metric, text) => {
  expect(replayFigure(value, metric)).toBe(text);
});

test.each([
  [7.06, '7.1σ'],
  [-7.06, '-7.1σ'],
  [99.94, '99.9σ'],
  [99.97, '99.9σ'],
  [100, '≥ 100σ'],
  [-100, '≤ -100σ'],
])('a score of %d reads %s: one at the cap is not measured', (score, text) => {
  expect(sigmaText(score)).toBe(text);
});
