import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createPulse } from './pulse.ts';

test('a loop that has not begun, beats in time or rests lives; one that is overdue does not, until it beats', async () => {
  const clock = new FakeClock();
  const pulse = createPulse({ what: 'the round has not ended', mostMs: 600_000, clock });
  await clock.advance(3_600_000);
  expect(pulse.stuck()).toBeUndefined();
  pulse.beat();
  await clock.advance(600_000);
  expect(pulse.stuck()).toBeUndefined();
  await clock.advance(60_000);
  expect(pulse.stuck()).toBe('the round has not ended for 11 min');
  pulse.beat();
  expect(pulse.stuck()).toBeUndefined();
  pulse.rest();
  await clock.advance(3_600_000);
  expect(pulse.stuck()).toBeUndefined();
});
