import { expect, test } from 'vitest';
import { familyKey, familyName, matchesLabels, SERVICE_LABEL, seriesKey } from './series.ts';

test('a key is printed as Prometheus prints a series, labels in order', () => {
  expect(seriesKey({ __name__: 'up', job: 'b', instance: 'a' })).toBe('up{instance="a",job="b"}');
  expect(seriesKey({ __name__: 'up' })).toBe('up');
});

test('quotes in a value cannot make two series look the same', () => {
  expect(seriesKey({ __name__: 'm', a: 'x",b="y' })).not.toBe(seriesKey({ __name__: 'm', a: 'x', b: 'y' }));
});

test('a family forgets the percentile and the end of the call, and nothing else', () => {
  expect(familyName({ __name__: 'pod_server_latency_p99_seconds' })).toBe('pod_server_latency_seconds');
  expect(familyName({ __name__: 'latency_p999' })).toBe('latency');
  expect(familyName({ __name__: 'http_p2p_bytes' })).toBe('http_p2p_bytes');
  expect(familyKey({ __name__: 'a_p90_s', pod: 'x' })).not.toBe(familyKey({ __name__: 'a_p90_s', pod: 'y' }));
  expect(familyKey({ __name__: 'a', quantile: '0.9' })).toBe(familyKey({ __name__: 'a', quantile: '0.5' }));
});

test('a selector asks for equality of each of its labels', () => {
  expect(matchesLabels({ app: 'x', pod: 'y' }, { app: 'x' })).toBe(true);
  expect(matchesLabels({ app: 'x' }, { app: 'x', pod: 'y' })).toBe(false);
  expect(matchesLabels({ app: 'x' }, {})).toBe(true);
});

test('a service that chooses the pod, or does so no longer, leaves the series what it is', () => {
  const labels = { __name__: 'a', pod: 'x', service: 'told by the metric' };
  for (const key of [seriesKey, familyKey]) expect(key({ ...labels, [SERVICE_LABEL]: 'cart' })).toBe(key(labels));
  expect(seriesKey({ ...labels, service: 'other' })).not.toBe(seriesKey(labels));
});
