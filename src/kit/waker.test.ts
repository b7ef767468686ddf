import { expect, test } from 'vitest';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { createWaker } from './waker.ts';

function setUp() {
  const clock = new FakeClock();
  const waker = createWaker(clock);
  let rested = 0;
  const rest = (ms: number) => void waker.rest(ms).then(() => rested++);
  return { clock, waker, rest, rested: () => rested };
}

test('a rest ends when its time is over', async () => {
  const { clock, rest, rested } = setUp();
  rest(5000);
  await clock.advance(4999);
  expect(rested()).toBe(0);
  await clock.advance(1);
  expect(rested()).toBe(1);
});

test('who is woken rests no longer, and as long as ever the next time', async () => {
  const { clock, waker, rest, rested } = setUp();
  rest(5000);
  waker.wake();
  await clock.advance(0);
  expect(rested()).toBe(1);
  rest(5000);
  await clock.advance(4999);
  expect(rested()).toBe(1);
});

test('news that came before the rest ends it, once, however often it came', async () => {
  const { clock, waker, rest, rested } = setUp();
  waker.wake();
  waker.wake();
  rest(5000);
  await clock.advance(0);
  expect(rested()).toBe(1);
  rest(5000);
  await clock.advance(4999);
  expect(rested()).toBe(1);
});
