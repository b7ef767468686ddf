import { expect, test } from 'vitest';
import { findingId } from './finding-id.ts';

test('the id is the same for the same finding, and never changes between releases', () => {
  const id = () => findingId('shop/latency', 'settings', 'family', 1661140434000);
  expect(id()).toBe(id());
  expect(id()).toMatchInlineSnapshot(`"2e24ec8e3f6bb74d"`);
});

test('another time, family, setting or detector gives another id', () => {
  const ids = [
    findingId('d', 's', 'f', 1),
    findingId('d', 's', 'f', 2),
    findingId('d', 's', 'g', 1),
    findingId('d', 't', 'f', 1),
    findingId('e', 's', 'f', 1),
  ];
  expect(new Set(ids).size).toBe(5);
});

test('an id is 16 hex digits, for any text', () => {
  for (let time = 0; time < 300; time++) expect(findingId('延迟', '慢', '购物车', time)).toMatch(/^[0-9a-f]{16}$/);
});
