import { expect, it } from 'vitest';
import { resultOf } from './migrate.ts';

it('says that there was nothing to do only where the list of stored versions stayed as it was', () => {
  const none = { written: 0, gone: 0 };
  expect(resultOf({ before: ['v2'], after: ['v2'], ...none })).toBe('v2 already, nothing to do');
  expect(resultOf({ before: [], after: [], ...none })).toBe('v2 already, nothing to do');
  expect(resultOf({ before: ['v1', 'v2'], after: ['v2'], ...none })).toBe('v1, v2 → v2, 0 written again');
});
