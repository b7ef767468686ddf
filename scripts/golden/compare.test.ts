import { expect, test } from 'vitest';
import { compareJson } from './compare.ts';

test('the same is nothing apart', () => {
  expect(compareJson({ a: [1, null, 'x'] }, { a: [1, null, 'x'] })).toEqual({ most: 0, path: '' });
});

test('the farthest number is named by its place', () => {
  expect(compareJson({ a: [1, 2], b: 1000 }, { a: [1, 2.5], b: 1001 })).toEqual({ most: 0.2, path: 'a.1' });
});

test.each([
  ['a number that came', { a: [1] }, { a: [1, 2] }],
  ['a field of another name', { a: 1 }, { b: 1 }],
  ['a gap', { a: null }, { a: 0 }],
  ['a word', { a: 'x' }, { a: 'y' }],
])('%s is infinitely far', (_, ours, theirs) => {
  expect(compareJson(ours, theirs).most).toBe(Number.POSITIVE_INFINITY);
});
