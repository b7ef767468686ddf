import { expect, test } from 'vitest';
import { findingId } from './finding-id.ts';

test('the id is the same for the same finding, and never changes between releases', () => {
  expect(findingId('settings', 'family', 1661140434000)).toBe(findingId('settings', 'family', 1661140434000));
  expect(findingId('settings', 'family', 1661140434000)).toMatchInlineSnapshot(`"a1c3381f92918668"`);
});

test('another time, family or setting gives another id', () => {
  const ids = [findingId('s', 'f', 1), findingId('s', 'f', 2), findingId('s', 'g', 1), findingId('t', 'f', 1)];
  expect(new Set(ids).size).toBe(4);
});

test('an id is 16 hex digits, for any text', () => {
  for (let time = 0; time < 300; time++) expect(findingId('慢', '购物车', time)).toMatch(/^[0-9a-f]{16}$/);
});
