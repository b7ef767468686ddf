import { expect, test } from 'vitest';
import type { Leader } from '#kube/contract.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createRivals } from './rivals.ts';

function setUp() {
  const clock = new FakeClock();
  const leader: { -readonly [key in 'epoch' | 'holder' | 'trouble']: Leader[key] } = {
    ...{ epoch: undefined, holder: undefined, trouble: undefined },
  };
  const options = { clock, steadyClock: clock, leader, foreign: { newest: undefined }, namespace: 'watch' };
  return { clock, leader, rivals: createRivals(options) };
}

test('a lease that can be neither read nor written is told, once it has been so for a while', async () => {
  const { clock, leader, rivals } = setUp();
  const sinceMs = clock.nowMs();
  leader.trouble = { message: 'may not update leases (403)', sinceMs };
  expect(rivals()).toEqual([]);
  await clock.advance(15_000);
  expect(rivals()).toMatchObject([{ what: expect.stringContaining('(403)'), sinceMs, blocking: false }]);
  leader.trouble = undefined;
  leader.epoch = 1;
  expect(rivals()).toEqual([]);
});

test('who waits to follow another says whom', () => {
  const { leader, rivals } = setUp();
  expect(rivals()).toEqual([]);
  leader.holder = 'other-1';
  expect(rivals()).toMatchObject([{ what: expect.stringContaining('other-1 acts on the detectors') }]);
});
