import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fnv1a, PARTITIONS, partitionOf } from './partition.ts';

test('the hash is FNV-1a as published', () => {
  expect(fnv1a('')).toBe(0x811c9dc5);
  expect(fnv1a('a')).toBe(0xe40c292c);
  expect(fnv1a('foobar')).toBe(0xbf9cf968);
});

test('near copies share a partition, whatever the order of their labels', () => {
  const p90 = partitionOf({ __name__: 'pod_server_latency_p90_seconds', namespace: 'a', pod: 'x' });
  expect(partitionOf({ pod: 'x', namespace: 'a', __name__: 'pod_server_latency_p99_seconds' })).toBe(p90);
  const call = { __name__: 'call_latency_p50_seconds', source: 'a', destination: 'b' };
  expect(partitionOf({ ...call, reporter: 'source' })).toBe(partitionOf({ ...call, reporter: 'destination' }));
});

test('a partition is always within bounds, and many series use nearly all of them', () => {
  const used = new Set<number>();
  fc.assert(
    fc.property(fc.string(), (pod) => {
      const partition = partitionOf({ __name__: 'm', pod });
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(PARTITIONS);
    }),
  );
  for (let index = 0; index < 2000; index++) used.add(partitionOf({ __name__: 'm', pod: `pod-${index}` }));
  expect(used.size).toBeGreaterThan(60);
});
