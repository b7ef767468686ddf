import { expect, test } from 'vitest';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { Playhead } from './playhead.ts';

test('tape time follows the clock at the speed that was set', async () => {
  const clock = new FakeClock();
  const head = new Playhead(clock, { fromMs: 1000, speed: 60 });
  await clock.advance(500);
  expect(head.dueMs).toBe(1000 + 500 * 60);
});

test('a change of speed, a pause and going on do not move the playhead', async () => {
  const clock = new FakeClock();
  const head = new Playhead(clock, { fromMs: 0, speed: 10 });
  await clock.advance(100);
  head.setSpeed(1);
  expect(head.dueMs).toBe(1000);
  head.pause();
  await clock.advance(5000);
  expect(head.dueMs).toBe(1000);
  head.play();
  await clock.advance(7);
  expect(head.dueMs).toBe(1007);
});

test('a target is due at once, and the pace goes on from where it was reached', async () => {
  const clock = new FakeClock();
  const head = new Playhead(clock, { fromMs: 0, speed: 1, targetMs: 90_000 });
  expect(head.dueMs).toBe(90_000);
  await clock.advance(50);
  head.moveTo(90_000);
  await clock.advance(10);
  expect(head.dueMs).toBe(90_010);
});

test('full speed has no bound, and slowing down continues from the last place that was reached', async () => {
  const clock = new FakeClock();
  const head = new Playhead(clock, { fromMs: 0, speed: 'max' });
  expect(head.dueMs).toBe(Number.POSITIVE_INFINITY);
  head.moveTo(40_000);
  head.setSpeed(1);
  await clock.advance(5);
  expect(head.dueMs).toBe(40_005);
});
