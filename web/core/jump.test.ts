import { describe, expect, test } from 'vitest';
import type { ReplayState } from '#api/rest/contract.ts';
import { stepTarget, watchJumps } from './jump.ts';
import { createTimeScale } from './time-scale.ts';

const playing = { state: 'playing' } as ReplayState;
const catchingUp = { state: 'catching-up', progress: 0 } as ReplayState;
const at = (progress: number) => ({ ...catchingUp, progress });

describe('a jump', () => {
  test('that this page asked for lasts until the replay has caught up, and its end is known', () => {
    const jumps = watchJumps();
    jumps.aim(7);
    jumps.see(playing, playing);
    expect(jumps.jump()).toEqual({ toMs: 7, progress: 0 });
    jumps.answered();
    jumps.see(catchingUp, playing);
    expect(jumps.jump()).toEqual({ toMs: 7, progress: 0 });
    jumps.see(playing, catchingUp);
    expect(jumps.jump()).toBeUndefined();
  });

  test('of another page is seen by its catching up, the first catching up of all is none', () => {
    const jumps = watchJumps();
    jumps.see(catchingUp, undefined);
    jumps.see(catchingUp, catchingUp);
    expect(jumps.jump()).toBeUndefined();
    jumps.see(catchingUp, playing);
    expect(jumps.jump()).toEqual({ progress: 0 });
  });

  test('that is refused is over', () => {
    const jumps = watchJumps();
    jumps.aim(7);
    jumps.giveUp();
    expect(jumps.jump()).toBeUndefined();
  });

  test('is under way until the last of several presses is answered', () => {
    const jumps = watchJumps();
    jumps.aim(7);
    jumps.aim(17);
    jumps.answered();
    jumps.see(playing, catchingUp);
    expect(jumps.jump()?.toMs).toBe(17);
    jumps.answered();
    jumps.see(playing, playing);
    expect(jumps.jump()).toBeUndefined();
  });

  test('makes progress that never goes back, nor begins at its end', () => {
    const jumps = watchJumps();
    jumps.aim(7);
    jumps.answered();
    const seen = [1, 0, 0.48, 0.31, 0.9].map((progress) => {
      jumps.see(at(progress), playing);
      return jumps.jump()?.progress;
    });
    expect(seen).toEqual([0, 0, 0.48, 0.48, 0.9]);
  });
});

describe('a step', () => {
  const MINUTE = 60_000;
  const segments = [
    { fromMs: 0, toMs: 100 * MINUTE },
    { fromMs: 300 * MINUTE, toMs: 400 * MINUTE },
  ];
  const scale = createTimeScale(segments, 0);
  const from = (nowMs: number, part: Partial<ReplayState> = {}) => ({
    replay: { state: 'paused', speed: 60, nowMs, tape: { fromMs: 0, toMs: 400 * MINUTE }, ...part } as ReplayState,
    jump: undefined,
    ageMs: 900,
  });

  test('adds up from the target of the jump under way', () => {
    const jump = { toMs: 60 * MINUTE, progress: 0.5 };
    expect(stepTarget(10, scale, { ...from(20 * MINUTE), jump })).toBe(70 * MINUTE);
    expect(stepTarget(-10, scale, { ...from(90 * MINUTE), jump })).toBe(50 * MINUTE);
  });

  test('on never leads back: it counts from where the replay is by now, over the gap', () => {
    expect(stepTarget(10, scale, from(20 * MINUTE, { state: 'playing', speed: 600 }))).toBe(39 * MINUTE);
    expect(stepTarget(10, scale, from(95 * MINUTE, { state: 'playing', speed: 600 }))).toBe(314 * MINUTE);
    expect(stepTarget(10, scale, from(20 * MINUTE, { state: 'playing', speed: 'max' }))).toBeUndefined();
    expect(stepTarget(-10, scale, from(20 * MINUTE, { state: 'playing', speed: 'max' }))).toBe(10 * MINUTE);
  });

  test('stays on the tape', () => {
    expect(stepTarget(-10, scale, from(4 * MINUTE))).toBe(0);
    expect(stepTarget(10, scale, from(395 * MINUTE))).toBe(400 * MINUTE);
  });
});
