import { expect, test } from 'vitest';
import type { ReplayState } from '#api/rest/contract.ts';
import { watchJumps } from './jump.ts';

const playing = { state: 'playing' } as ReplayState;
const catchingUp = { state: 'catching-up' } as ReplayState;

test('a jump that this page asked for lasts until the replay has caught up, and its end is known', () => {
  const jumps = watchJumps();
  jumps.aim(7);
  jumps.see(playing, playing);
  expect(jumps.jump()).toEqual({ toMs: 7 });
  jumps.answered();
  jumps.see(catchingUp, playing);
  expect(jumps.jump()).toEqual({ toMs: 7 });
  jumps.see(playing, catchingUp);
  expect(jumps.jump()).toBeUndefined();
});

test('a jump of another page is seen by its catching up, the first catching up of all is none', () => {
  const jumps = watchJumps();
  jumps.see(catchingUp, undefined);
  jumps.see(catchingUp, catchingUp);
  expect(jumps.jump()).toBeUndefined();
  jumps.see(catchingUp, playing);
  expect(jumps.jump()).toEqual({});
});

test('a jump that is refused is over', () => {
  const jumps = watchJumps();
  jumps.aim(7);
  jumps.giveUp();
  expect(jumps.jump()).toBeUndefined();
});
