import { expect, it } from 'vitest';
import { remember } from './remember.ts';

it('is asked once for a text, also where the answer is undefined, and keeps those that were asked for last', () => {
  const asked: string[] = [];
  const length = remember((text) => {
    asked.push(text);
    return text === '' ? undefined : text.length;
  }, 2);
  expect([length('a'), length(''), length('a'), length('')]).toEqual([1, undefined, 1, undefined]);
  expect(asked).toEqual(['a', '']);
  length('a');
  length('new');
  expect(length('a')).toBe(1);
  expect(asked).toEqual(['a', '', 'new']);
  length('');
  expect(asked).toEqual(['a', '', 'new', '']);
});
