import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a sleep of 30 days ends after 30 days, not at once', async () => {
  const days = 86_400_000;
  let isOver = false;
  const sleeping = systemClock.sleep(30 * days).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(29.9 * days);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(0.2 * days);
  expect(isOver).toBe(true);
  await sleeping;
});

test('an abort ends it, at whatever length', async () => {
  const ending = new AbortController();
  const sleeping = systemClock.sleep(100 * 86_400_000, ending.signal);
  ending.abort();
  await sleeping;
  expect(vi.getTimerCount()).toBe(0);
});
