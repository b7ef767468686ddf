import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricWords } from './metric-words.ts';

test.each([
  ['pod_server_latency_p90_seconds', 'P90 server latency', 'P90 服务端延迟'],
  ['pod_server_latency_seconds', 'Server latency', '服务端延迟'],
  ['service_latency_p99_seconds', 'P99 latency', 'P99 延迟'],
  ['call_latency_p50_seconds', 'P50 call latency', 'P50 调用延迟'],
  ['service_success_ratio', 'Success rate', '成功率'],
  ['pod_cpu_usage_cores', 'CPU usage', 'CPU 用量'],
  ['pod_cpu_usage_ratio', 'CPU usage share', 'CPU 用量占比'],
  ['pod_network_receive_bytes', 'Network receive', '网络接收'],
  ['pod_operations_per_second', 'Requests', '请求量'],
  ['pod', 'Pod', 'pod'],
  ['queue_depth', 'Queue depth', 'queue depth'],
])('%s reads "%s" and "%s"', (name, en, zh) => {
  expect(metricWords(name, 'en')).toBe(en);
  expect(metricWords(name, 'zh')).toBe(zh);
});

test('any name reads as something', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9_]{0,30}[a-z0-9]$/), (name) => {
      expect(metricWords(name, 'en')).not.toBe('');
      expect(metricWords(name, 'zh')).not.toBe('');
    }),
  );
});
