import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createSourceClock } from './source-clock.ts';

const MINUTE = 60_000;
const AWAY = new AppError('unavailable', 'it is away', { retryable: true });
const { signal } = new AbortController();

function setUp() {
  const steadyClock = new FakeClock();
  const wall = { offMs: 0 };
  const control = { asked: 0, error: undefined as Error | undefined, hold: undefined as Promise<void> | undefined };
  const made = createSourceClock({
    source: {
      async nowMs() {
        control.asked++;
        await control.hold;
        if (control.error !== undefined) throw control.error;
        return 1e9 + steadyClock.nowMs();
      },
    },
    clock: { nowMs: () => 1e9 + steadyClock.nowMs() + wall.offMs, sleep: async () => {} },
    steadyClock,
  });
  return { made, steadyClock, wall, control };
}

test.each([10 * MINUTE, -10 * MINUTE])('a wall clock that is %i ms off is nobody', async (offMs) => {
  const { made, steadyClock, wall, control } = setUp();
  wall.offMs = offMs;
  expect(await made.nowMs(signal)).toBe(1e9);
  await steadyClock.advance(30_000);
  expect(await made.nowMs(signal)).toBe(1e9 + 30_000);
  expect(control.asked).toBe(1);
  // Set right meanwhile: it is asked again rather than reckoned.
  wall.offMs = 0;
  expect(await made.nowMs(signal)).toBe(1e9 + 30_000);
  expect(control.asked).toBe(2);
});

test('while it is away one asks and all hear, and soon after it is back they know', async () => {
  const { made, steadyClock, control } = setUp();
  control.error = AWAY;
  const all = await Promise.allSettled([1, 2, 3, 4].map(() => made.nowMs(signal)));
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
  await expect(made.nowMs(signal)).rejects.toBe(AWAY);
  expect(control.asked).toBe(1);
  control.error = undefined;
  await steadyClock.advance(5000);
  expect(await made.nowMs(signal)).toBe(1e9 + 5000);
});

test('after something else was not answered it is asked first', async () => {
  const { made, control } = setUp();
  await made.nowMs(signal);
  made.doubt();
  control.error = AWAY;
  await expect(made.nowMs(signal)).rejects.toBe(AWAY);
});

test('where it tells no time the own clock has to do', async () => {
  const { made, wall, control } = setUp();
  control.error = new AppError('bad-input', 'what time?');
  wall.offMs = MINUTE;
  expect(await made.nowMs(signal)).toBe(1e9 + MINUTE);
});
