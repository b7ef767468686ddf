import { expect, test } from 'vitest';
import { fieldsFrom } from './fields-from.ts';

test('fields follow each other, each where the one before it ends', () => {
  expect(fieldsFrom(3, { level: 1, losses: 4, end: 0 })).toEqual({ level: 3, losses: 4, end: 8 });
});
