import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

test('waits grow from half a second to half a minute, and chance shortens them by at most half', () => {
  expect([0, 1, 2, 5, 6, 7, 1000].map((attempt) => backOffMs(attempt, 0))).toEqual([
    500, 1000, 2000, 16_000, 30_000, 30_000, 30_000,
  ]);
  expect(backOffMs(0, 1)).toBe(250);
});
