import { expect, it } from 'vitest';
import { ReplaySchema } from './contract.ts';
import { liveState } from './live-state.ts';
import { LIVE_NOW, liveFacts } from './test-live.ts';
import { MINUTE } from './test-world.ts';

const HOUR = 60 * MINUTE;
const at = (nowMs: number, keptMs: number | undefined) => liveState({ ...liveFacts(), nowMs, storedFromMs: keptMs });

it('is a state as the contract has it, with nothing beside it', () => {
  expect(ReplaySchema.strict().parse(liveState(liveFacts()))).toMatchObject({ mode: 'live', state: 'live', speed: 1 });
});

it.each([
  ['a store of a month', LIVE_NOW - 30 * 24 * HOUR, 24 * HOUR, 'last day'],
  ['a store of a day', LIVE_NOW - 24 * HOUR, 24 * HOUR, 'last day'],
  ['a store of five hours', LIVE_NOW - 5 * HOUR, 5 * HOUR, 'kept so far'],
  ['a store of a minute', LIVE_NOW - MINUTE, HOUR, 'kept so far'],
  ['an empty store', undefined, HOUR, 'kept so far'],
])('shows of %s what fits in a day and an hour at least', (_, keptMs, lengthMs, name) => {
  const { tape } = at(LIVE_NOW, keptMs);
  expect([tape.toMs, tape.toMs - tape.fromMs]).toEqual([LIVE_NOW, lengthMs]);
  expect(tape.segments).toEqual([{ name, fromMs: tape.fromMs, toMs: tape.toMs, shiftedMs: 0, warmUp: false }]);
});

it('moves its ends once a minute, and its now once a second', () => {
  const [early, late] = [at(LIVE_NOW + 1_400, undefined), at(LIVE_NOW + 58_900, undefined)];
  expect(early.tape).toEqual(late.tape);
  expect([early.nowMs, late.nowMs]).toEqual([LIVE_NOW + 1000, LIVE_NOW + 58_000]);
  expect(late.nowMs).toBeLessThanOrEqual(late.tape.toMs);
});

it('tells the age of the newest sample: none before the first, and never one from the future', () => {
  const behind = (newestMs: number | undefined) => liveState({ ...liveFacts(), newestMs }).live?.behindMs;
  expect([behind(undefined), behind(LIVE_NOW - 12_000), behind(LIVE_NOW + 700)]).toEqual([null, 12_000, 0]);
});
