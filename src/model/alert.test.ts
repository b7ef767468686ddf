import { expect, test } from 'vitest';
import { alertKey } from './alert.ts';

test('an alert’s key follows from its labels, in whatever order they stand', () => {
  const key = alertKey({ alertname: 'A', pod: 'cart-1' });
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(alertKey({ pod: 'cart-1', alertname: 'A' })).toBe(key);
  expect(alertKey({ alertname: 'A', pod: 'cart-2' })).not.toBe(key);
  // What is written in one label must not be taken for two.
  expect(alertKey({ a: 'b,c=d' })).not.toBe(alertKey({ a: 'b', c: 'd' }));
});
