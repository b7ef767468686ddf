import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('each namespace has its turn, and within it they come in their order', () => {
  const turns = createTurns<number>();
  for (let index = 0; index < 1000; index++) turns.set(`flood/${index}`, index);
  turns.set('shop/a', 1);
  turns.set('bank/a', 2);
  turns.set('shop/b', 3);
  const taken = Array.from({ length: 7 }, () => turns.take()?.[0]);
  expect(taken).toEqual(['flood/0', 'shop/a', 'bank/a', 'flood/1', 'shop/b', 'flood/2', 'flood/3']);
  expect(turns.size).toBe(996);
});

test('one that waits already keeps its place, with the newest', () => {
  const turns = createTurns<number>();
  turns.set('a/x', 1);
  turns.set('a/y', 2);
  turns.set('a/x', 3);
  expect(turns.size).toBe(2);
  expect(turns.get('a/x')).toBe(3);
  expect([turns.take(), turns.take(), turns.take()]).toEqual([['a/x', 3], ['a/y', 2], undefined]);
});

test('what was taken away is not given, and nothing is left behind', () => {
  const turns = createTurns<number>();
  turns.set('a/x', 1);
  turns.set('b/x', 2);
  turns.delete('a/x');
  turns.delete('c/none');
  expect([turns.size, turns.take(), turns.size, turns.take()]).toEqual([1, ['b/x', 2], 0, undefined]);
  turns.set('a/x', 1);
  turns.clear();
  expect([turns.size, turns.take()]).toEqual([0, undefined]);
});
